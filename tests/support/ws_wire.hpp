// Writes WebSocket: frames, compressed payloads and opening handshakes, right unless told otherwise.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace overhear::testing {

struct FrameShape {
  bool is_masked = false;
  bool is_final = true;
  std::uint8_t reserved = 0;              // RSV1 is 4
  std::size_t length_bytes = 0;           // 2 or 8: a longer form than needed
  std::string mask = "\x37\xfa\x21\x3d";  // of RFC 6455, 5.7
};
std::string frame(std::uint8_t opcode, std::string_view payload, const FrameShape& shape = {});
// A text message from the client (masked) or the server.
std::string from_client(std::string_view text);
std::string from_server(std::string_view text);

// RFC 7692, 7.2.1: one sender's compression context.
class MessageDeflater {
 public:
  explicit MessageDeflater(bool has_takeover = true);
  ~MessageDeflater();
  MessageDeflater(const MessageDeflater&) = delete;
  MessageDeflater& operator=(const MessageDeflater&) = delete;
  std::string deflate(std::string_view text);

 private:
  struct State;
  std::unique_ptr<State> state_;
  bool has_takeover_;
};

// The example of RFC 6455, 1.3, with these lines more ("Sec-WebSocket-Extensions: permessage-deflate").
std::string upgrade_request(std::string_view line = {});
std::string upgrade_response(std::string_view line = {});

}  // namespace overhear::testing
