// What a gate has in its hands: a message on its way from one side to the other, or the bytes between messages, and
// what somebody decides about it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/stream_event.hpp"
#include "proxy/mcp_leg.hpp"
#include "proxy/message_form.hpp"

namespace overhear {

// How an MCP leg has said it.
struct McpSealing {
  McpPiece::Kind kind = McpPiece::Kind::Clear;
  const McpVariant* variant = nullptr;
  std::string line_end = {};
  std::string public_key = {};  // of a handshake, as it stands there
};

struct Parcel {
  std::string raw = {};                   // as it came
  std::string beside = {};                // what stands in it that is no part of the message: control frames
  std::string body = {};                  // what it says, where `raw` alone does not tell
  std::optional<MessageForm> form = {};   // of a message on a stream
  std::uint64_t place = 0;                // among the messages that its side has said
  McpSealing sealing = {};                // of one of MCP
  std::optional<std::string> text = {};   // goes on instead
  std::vector<std::uint64_t> flips = {};  // bits that are turned over, modulo how many there are
  bool is_dropped = false;

  std::size_t held() const {
    return raw.size() + beside.size() + body.size() + (text ? text->size() : 0) + flips.size() * sizeof flips.front();
  }
};

struct Decision {
  enum class Kind : std::uint8_t { Forward, Edit, Drop, Send };
  Kind kind = Kind::Forward;
  std::uint64_t hold = 0;      // what it is about; of Send nothing
  Side to = Side::Second;      // of Send
  std::string_view text = {};  // of Edit and Send
};

// Turns over bits of `bytes`, by their numbers modulo how many there are.
void flip(std::string& bytes, const std::vector<std::uint64_t>& bits);

// Who has what is decided about done: sent, and shown. Empty: it is; else why it cannot be, for people.
class DecisionTaker {
 public:
  virtual ~DecisionTaker() = default;
  virtual std::string take(const Decision& decision) = 0;
};

}  // namespace overhear
