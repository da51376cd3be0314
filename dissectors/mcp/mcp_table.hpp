// The rows of MCP's table by name, for the state and the summaries, and how a type string is cut into its parts.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dissectors/protocol.hpp"

namespace overhear::mcp {

// "Room.Join"; nullptr: no such type.
const MessageType* find_type(std::string_view name);

// "Major.Minor.ID" as it stands in a JSON string, escapes included.
struct TypeParts {
  std::string_view name;  // "Major.Minor": all before the second dot
  std::string_view id;    // all behind it; empty where there is none
};
// An escaped dot is a dot.
TypeParts split_type(std::string_view type, bool has_escapes);
// The row of a name as it stands; `scratch` is used where it has escapes.
const MessageType* find_type(std::string_view name, bool has_escapes, std::string& scratch);

// A message without a type, or whose type is not in the table, is held against this.
extern const MessageType kPackage;

Recognition recognize(const JsonIndex& json);
std::unique_ptr<Dissector> make_dissector(const Environment& environment);
std::unique_ptr<Conformance> make_conformance(const Limits& limits);
void summarize(const Message& message, bool show_secrets, std::string& out);

}  // namespace overhear::mcp
