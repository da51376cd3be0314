// What a gate has in its hands: a message on its way from one side to the other, or the bytes between messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

// Turns over bits of `bytes`, by their numbers modulo how many there are.
void flip(std::string& bytes, const std::vector<std::uint64_t>& bits);

}  // namespace overhear
