// How the views that people read say the same things: marks, durations, what a message says in one line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/finding.hpp"
#include "dissectors/message.hpp"

namespace overhear {

std::string_view mark_of(Severity severity);
// Of all findings about the message.
std::optional<Severity> worst_of(const Message& message);
// "412µs", "5.4ms", "54ms", "1.2s"
std::string duration_text(std::int64_t ns);

// All printable:
// A user's or room's name, in so many columns; of a SHA-1 in hex, as cchat has them, the beginning.
std::string name_text(std::string_view name, std::size_t width);
// The type as its table writes it; "data" of bytes that no protocol claims.
std::string type_text(const Message& message);
// What it says.
std::string summary_text(const Message& message, bool show_secrets);
// The same where the type stands before it already.
std::string_view without_type(std::string_view summary, std::string_view type);
// "ws ping from the client, 4 bytes: …"
std::string event_text(const Event& event);
// "ada entered room general: 3 members"
std::string room_event_text(const RoomEvent& event);

}  // namespace overhear
