// The WebSocket layer of one connection, both sides of it: the HTTP upgrade, frames with the client's masking, and
// permessage-deflate with context takeover where it was agreed (RFC 6455, RFC 7692).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bench/generator/conversation.hpp"

struct z_stream_s;

namespace overhear::bench {

enum class Opcode : std::uint8_t { Text = 0x1, Binary = 0x2, Close = 0x8, Ping = 0x9, Pong = 0xa };

// A raw deflate stream, one per direction, which remembers what it said (RFC 7692, 7.2.1).
class MessageDeflater {
 public:
  MessageDeflater();
  std::string_view deflate(std::string_view message);

 private:
  struct End {
    void operator()(z_stream_s* stream) const;
  };
  std::unique_ptr<z_stream_s, End> stream_;
  std::string out_;
};

struct UpgradeRequest {
  std::string_view host;
  std::string_view path;
};

class WebSocket {
 public:
  WebSocket(Random random, bool deflate);

  // Both heads of the upgrade, the client's and the server's.
  void plan_upgrade(Script& script, std::size_t member, const UpgradeRequest& request);
  // A ping by the server and the client's pong.
  void plan_ping(Script& script, std::size_t member);
  // The closing handshake, started by the client.
  void plan_close(Script& script, std::size_t member);

  void append_message(std::string& out, Party from, Opcode opcode, std::string_view payload);

 private:
  void append_frame(std::string& out, Party from, Opcode opcode, std::string_view payload, bool is_deflated);

  Random random_;
  std::unique_ptr<MessageDeflater> deflaters_[2];
};

}  // namespace overhear::bench
