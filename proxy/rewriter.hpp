// What stands in a relay that does not pass bytes on as they are: decodes what one side says, and says it anew to the
// other. Sans-I/O.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/finding.hpp"
#include "base/stream_event.hpp"

namespace overhear {

class RewriterHost {
 public:
  virtual ~RewriterHost() = default;

  virtual void tell(const Rule& rule, std::string_view text) = 0;
  // What opens what the client says and is told, from here on: the MCP session's secret, by the client's public key.
  virtual void on_mcp_secret(Bytes client_public, Bytes secret) = 0;
};

class Rewriter {
 public:
  virtual ~Rewriter() = default;

  // Appends what the other side is told instead.
  virtual void on_bytes(Side from, Bytes bytes, std::string& out) = 0;
  // Nothing has come from there for a while.
  virtual void on_pause(Side from, std::string& out) = 0;
  // Nothing more comes from there.
  virtual void on_end(Side from, std::string& out) = 0;
  // Bytes that wait for the rest of what they belong to.
  virtual std::size_t held() const = 0;
  // Something could not be decoded, and such may not be passed on.
  virtual bool has_failed() const = 0;
};

}  // namespace overhear
