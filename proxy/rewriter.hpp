// What stands in a relay that does not pass bytes on as they are: decodes what one side says, and says it anew to the
// other. Sans-I/O.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/finding.hpp"
#include "base/stream_event.hpp"
#include "base/time.hpp"
#include "proxy/wire.hpp"

namespace overhear {

struct Decision;
class DecisionTaker;

class RewriterHost {
 public:
  virtual ~RewriterHost() = default;

  // What goes to this side, behind what waits there already: appended to, and sent when the call is over.
  virtual std::string& out(Side to) = 0;
  // Whether it takes what it gets; else what nobody has said is better left out.
  virtual bool listens(Side) const { return true; }
  // Whether it was told the end of what the other side says.
  virtual bool is_over(Side) const { return false; }
  // What this side says, as it is to be shown.
  virtual void show(Side from, Bytes bytes) = 0;
  // What is shown from here on travelled in TLS.
  virtual void on_opened() = 0;
  virtual void tell(const Rule& rule, std::string_view text) = 0;
  // What opens what is shown from here on: the MCP session's secret, by the client's public key.
  virtual void on_mcp_secret(Bytes client_public, Bytes secret) = 0;
  // What opens one of the legs from here on, in lines of a key log.
  virtual void on_keys(std::string_view key_log) = 0;

  // What is shown, for who has to know before: begins it.
  struct Conversation {
    std::uint32_t session = 0;  // its number
    const Connection& ends;
    DecisionTaker& decisions;  // what is decided about it goes there
  };
  virtual Conversation conversation() = 0;
  // Never goes back.
  virtual Timestamp now() = 0;
  virtual std::chrono::steady_clock::time_point clock() = 0;
  // Both connections end, behind what has been said to them.
  virtual void hang_up(bool is_reset) = 0;
};

class Rewriter {
 public:
  virtual ~Rewriter() = default;

  // One side has said this.
  virtual void on_bytes(Side from, Bytes bytes) = 0;
  // Nothing has come from there for a while.
  virtual void on_pause(Side from) = 0;
  // Nothing more comes from there.
  virtual void on_end(Side from) = 0;
  // What this side has said cannot be told the other yet, so that its end has to wait too.
  virtual bool keeps_end(Side) const { return false; }
  // Whether more may come from there now; else it waits until what was said is let on.
  virtual bool has_room(Side) const { return true; }
  // Somebody decides about what is held back. Empty: it is done; else why it cannot be.
  virtual std::string decide(const Decision&) { return "nothing is held back here"; }
  // When on_time() is to be called next, if at all.
  virtual std::optional<std::chrono::steady_clock::time_point> next_due() const { return std::nullopt; }
  virtual void on_time() {}
  // Which legs carry just what is shown during the next call.
  virtual Legs shown_on() const = 0;
  // Bytes that wait for the rest of what they belong to.
  virtual std::size_t held() const = 0;
  // The connection has to end: what was told to the host says why.
  virtual bool has_failed() const = 0;
};

}  // namespace overhear
