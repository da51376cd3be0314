// The rows of the table. Some types have two: one as specified, one as real programs send it, or one for each outcome.
#pragma once

#include <memory>
#include <string_view>

#include "dissectors/protocol.hpp"

namespace overhear::chatmaster {

// Which member of data names what a package of this type is about ("command" for a command); empty for a type that
// stands for itself or is unknown.
std::string_view selector_of(std::string_view package_type);

// The row of a composed type that fits these data and their sender best; nullptr: no such type.
const MessageType* find_row(const JsonIndex& json, std::string_view composed_type, const JsonNode* data,
                            Direction direction);

// What a message is held against whose composed type is not in the table: the package's frame alone.
const MessageType& frame_row(std::string_view package_type);

// Whether these rows are meant.
bool is_client_form(const MessageType& row);  // a message without its user
bool is_nested(const MessageType& row);       // a notification with its fields under parameters
bool is_refusal(const MessageType& row);      // a session that did not come about

// Where a notification's fields stand: data, or its parameters.
const JsonNode* event_fields(const JsonIndex& json, const JsonNode* data);

Recognition recognize(const JsonIndex& json);
std::unique_ptr<Dissector> make_dissector(const Environment& environment);
std::unique_ptr<Conformance> make_conformance(const Limits& limits);
void summarize(const Message& message, bool show_secrets, std::string& out);

}  // namespace overhear::chatmaster
