// The rows of the table by name, for the state and the summaries.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dissectors/protocol.hpp"

namespace overhear::cchat {

// nullptr: no such type.
const MessageType* find_type(std::string_view name);

// A message whose type is missing or no string is held against this.
extern const MessageType kEnvelope;

// The number that an errcode means: hexadecimal text with or without 0x, or a JSON integer; nullopt for anything else.
std::optional<std::uint64_t> error_number(const JsonIndex& json, const JsonNode* errcode);
// The first of the codes with this number (0x6 stands twice in the specification); nullptr: none.
const Code* find_code(std::uint64_t number);

Recognition recognize(const JsonIndex& json);
std::unique_ptr<Dissector> make_dissector(const Environment& environment);
std::unique_ptr<Conformance> make_conformance(const Limits& limits);
void summarize(const Message& message, bool show_secrets, std::string& out);

}  // namespace overhear::cchat
