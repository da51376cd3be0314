// The rows of the table by name, for the state and the summaries.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dissectors/protocol.hpp"

namespace overhear::gradagenda {

inline constexpr std::string_view kBatchType = "batch-mode-action";

// nullptr: no such type. A batch has a row for each sender: only the client's must have a cdid.
const MessageType* find_type(std::string_view name, Direction direction);

// An action whose type is missing or no string is held against this.
extern const MessageType kEnvelope;

Recognition recognize(const JsonIndex& json);
std::unique_ptr<Dissector> make_dissector(const Environment& environment);
std::unique_ptr<Conformance> make_conformance(const Limits& limits);
void summarize(const Message& message, bool show_secrets, std::string& out);
void summarize_action(const Message& message, const Action& action, bool show_secrets, std::string& out);

}  // namespace overhear::gradagenda
