#include "session/text/message_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.hpp"
#include "dissectors/protocol.hpp"
#include "dissectors/registry.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kDetailBytes = 200;
constexpr std::size_t kShownName = 32;     // of a user or a room
constexpr std::size_t kDigestLength = 40;  // a name that is a SHA-1 in hex, as cchat has them
constexpr std::size_t kDigestWidth = 7;

// A few bytes of a body that is no message of a known protocol.
std::string preview(std::string_view body) {
  constexpr std::size_t kShown = 60;
  std::string out;
  const std::string_view shown = utf8_prefix(body, kShown);
  append_printable(out, shown);
  if (shown.size() < body.size()) out += "…";
  return out;
}

}  // namespace

std::string_view mark_of(Severity severity) {
  switch (severity) {
    case Severity::Note: return "·";
    case Severity::Warning: return "!";
    case Severity::Error: return "✗";
  }
  return {};
}

std::optional<Severity> worst_of(const Message& message) {
  std::optional<Severity> worst;
  for (const auto findings : {message.findings, message.action_findings}) {
    for (const Finding& finding : findings) worst = std::max(worst.value_or(Severity::Note), finding.rule->severity);
  }
  return worst;
}

std::string duration_text(std::int64_t ns) {
  struct Unit {
    std::int64_t ns;
    std::string_view name;
  };
  constexpr Unit kUnits[] = {{kSecond, "s"}, {kSecond / 1000, "ms"}, {1000, "µs"}};
  for (const Unit& unit : kUnits) {
    if (ns < unit.ns && unit.ns > 1000) continue;
    const bool is_small = ns < 10 * unit.ns && unit.ns > 1000;
    const std::int64_t tenths = ns / (unit.ns / 10);
    return is_small ? fmt::format("{}.{}{}", tenths / 10, tenths % 10, unit.name)
                    : fmt::format("{}{}", ns / unit.ns, unit.name);
  }
  return {};
}

std::string name_text(std::string_view name, std::size_t width) {
  std::string safe;
  append_printable(safe, name);
  return fit(safe, safe.size() == kDigestLength ? kDigestWidth : width);
}

std::string type_text(const Message& message) {
  const bool is_known = message.protocol != &data_protocol();
  std::string type;
  std::string unescaped;
  append_unescaped(unescaped, is_known ? message.type : message.protocol->name);
  append_printable(type, unescaped);
  return type;
}

std::string summary_text(const Message& message, bool show_secrets) {
  std::string text;
  if (message.is_encrypted) {
    text = fmt::format("encrypted, {} bytes{}", message.size, message.boundaries_unknown ? ", boundaries unknown" : "");
  } else if (message.json != nullptr && message.protocol->summarize != nullptr) {
    message.protocol->summarize(message, show_secrets, text);
  } else {
    text = fmt::format("{} bytes: {}", message.body.size(), preview(message.body));
  }
  std::string out;
  append_printable(out, text);
  return out;
}

std::string_view without_type(std::string_view summary, std::string_view type) {
  if (type.empty() || !summary.starts_with(type)) return summary;
  const std::string_view rest = summary.substr(type.size());
  if (rest.empty()) return rest;
  for (const std::string_view separator : {": ", " "}) {
    if (rest.starts_with(separator)) return rest.substr(separator.size());
  }
  return summary;
}

std::string event_text(const Event& event) {
  std::string text = fmt::format("{} {}", event.layer, event.event);
  if (event.direction) text += fmt::format(" from the {}", to_string(*event.direction));
  if (event.size) text += fmt::format(", {} byte{}", *event.size, *event.size == 1 ? "" : "s");
  if (!event.detail.empty()) {
    text += ": ";
    append_printable(text, utf8_prefix(event.detail, kDetailBytes));
  }
  return text;
}

std::string room_event_text(const RoomEvent& event) {
  std::string text;
  const auto put = [&](std::string_view name) { text += name_text(utf8_prefix(name, kDetailBytes), kShownName); };
  const bool is_called_anew = event.event == "renamed" || event.event == "named";
  if (event.room.empty()) {
    put(event.user.empty() ? "somebody" : event.user);
    if (!is_called_anew) return text + (event.event == "logged_in" ? " logged in" : " signed up");
    text += " is now called ";
    put(event.name);
    return text;
  }
  if (!event.user.empty()) {
    put(event.user);
    if (!is_called_anew && !event.name.empty()) {
      text += " (";
      put(event.name);
      text += ')';
    }
    text += event.event == "present" ? " is in " : fmt::format(" {} ", event.event);
    if (is_called_anew) text += "in ";
  }
  text += "room ";
  put(event.room);
  if (event.user.empty() && event.event != "named") text += fmt::format(" {}", event.event);
  if (is_called_anew || (event.user.empty() && !event.name.empty())) {
    text += event.event == "named" ? " is now called " : is_called_anew ? ": is now " : " as ";
    put(event.name);
  }
  return text + fmt::format(": {} member{}", event.members, event.members == 1 ? "" : "s");
}

}  // namespace overhear
