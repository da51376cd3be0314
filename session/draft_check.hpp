// What there is to say about a message that somebody is about to send: whether it is JSON, and what the protocol's
// table says about it. Pure, and says nothing that depends on what the session said before (order, who is logged in).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "dissectors/message.hpp"

namespace overhear {

struct Protocol;

// One line for people each, UTF-8: "/data/room is a string, not an integer (MCP 2.1.0, Room.Join)"; none: nothing is
// wrong. Names and values of the text stand in it as they came. Without a protocol (nullptr, or that of mere data) only
// JSON is looked at.
std::vector<std::string> check_draft(const Protocol* protocol, Direction from, std::string_view text,
                                     const Limits& limits);

}  // namespace overhear
