// The rows of SCRP's table by name, for the state and the summaries.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dissectors/protocol.hpp"

namespace overhear::scrp {

inline constexpr std::string_view kResponseType = "response";

// The row of a method in whatever letters; nullptr: no such method.
const MessageType* find_method(std::string_view name);
// "403"; nullptr: no such error number.
const Code* find_code(std::string_view number);

// The row of all responses.
const MessageType& response_type();
// What a request or a push is held against whose method is missing or not in the table.
extern const MessageType kRequest;
extern const MessageType kPush;

Recognition recognize(const JsonIndex& json);
std::unique_ptr<Dissector> make_dissector(const Environment& environment);
std::unique_ptr<Conformance> make_conformance(const Limits& limits);
void summarize(const Message& message, bool show_secrets, std::string& out);

}  // namespace overhear::scrp
