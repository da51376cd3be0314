#include "cli/text_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.hpp"
#include "cli/terminal_text.hpp"
#include "dissectors/protocol.hpp"
#include "dissectors/registry.hpp"

namespace overhear {
namespace {

constexpr std::size_t kNameWidth = 12;
constexpr std::size_t kDigestLength = 40;  // a name that is a SHA-1 in hex, as cchat has them
constexpr std::size_t kDigestWidth = 7;
constexpr std::size_t kLeastTypeWidth = 14;
constexpr std::size_t kDetailBytes = 200;
constexpr std::string_view kAnswers = "answers ";
constexpr std::size_t kIndent = 18;  // of what belongs to the message above: behind name and time

struct ProtocolColor {
  std::string_view protocol;
  std::string_view code;
};
constexpr ProtocolColor kProtocolColors[] = {{"cchat", "\x1b[36m"},      {"mcp", "\x1b[32m"},
                                             {"chatmaster", "\x1b[35m"}, {"scrp", "\x1b[34m"},
                                             {"gradagenda", "\x1b[33m"}, {"data", "\x1b[2m"}};

std::string_view color_of(std::string_view protocol) {
  for (const auto& [name, code] : kProtocolColors) {
    if (name == protocol) return code;
  }
  return {};
}

std::string_view color_of(Severity severity) {
  switch (severity) {
    case Severity::Note: return color::kBlue;
    case Severity::Warning: return color::kYellow;
    case Severity::Error: return color::kRed;
  }
  return {};
}

std::string_view mark_of(Severity severity) {
  switch (severity) {
    case Severity::Note: return "·";
    case Severity::Warning: return "!";
    case Severity::Error: return "✗";
  }
  return {};
}

std::optional<Severity> worst(const Message& message) {
  std::optional<Severity> worst;
  for (const auto findings : {message.findings, message.action_findings}) {
    for (const Finding& finding : findings) worst = std::max(worst.value_or(Severity::Note), finding.rule->severity);
  }
  return worst;
}

// A few bytes of a body that is no message of a known protocol.
std::string preview(std::string_view body) {
  constexpr std::size_t kShown = 60;
  std::string out;
  const std::string_view shown = utf8_prefix(body, kShown);
  append_printable(out, shown);
  if (shown.size() < body.size()) out += "…";
  return out;
}

// "412µs", "5.4ms", "54ms", "1.2s"
std::string duration(std::int64_t ns) {
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

// The type stands in a column of its own already.
std::string_view without_type(std::string_view text, std::string_view type) {
  if (type.empty() || !text.starts_with(type)) return text;
  const std::string_view rest = text.substr(type.size());
  if (rest.empty()) return rest;
  for (const std::string_view separator : {": ", " "}) {
    if (rest.starts_with(separator)) return rest.substr(separator.size());
  }
  return text;
}

constexpr std::size_t kShownName = 32;  // of a user or a room

// "ada entered room general: 3 members"
std::string describe_room(const RoomEvent& event) {
  std::string text;
  const auto put = [&](std::string_view name) {
    std::string safe;
    append_printable(safe, utf8_prefix(name, kDetailBytes));
    text += fit(safe, safe.size() == kDigestLength ? kDigestWidth : kShownName);
  };
  if (!event.user.empty()) {
    put(event.user);
    text += event.event == "present" ? " is in " : fmt::format(" {} ", event.event);
    if (event.event == "renamed") text += "in ";
  }
  text += "room ";
  put(event.room);
  if (event.user.empty()) text += fmt::format(" {}", event.event);
  if (!event.name.empty()) {
    text += ": is now ";
    put(event.name);
  }
  return text + fmt::format(": {} member{}", event.members, event.members == 1 ? "" : "s");
}

}  // namespace

TextView::TextView(Output& output, const TextOptions& options)
    : options_(options), line_(output, options.width, options.with_color) {}

void TextView::begin_line(std::string_view name, std::optional<Timestamp> time) {
  if (!start_) start_ = time;
  std::string when;
  if (time) {
    const std::int64_t since = *time - *start_;
    when = fmt::format("{}{}.{:06}", since < 0 ? "-" : "", std::abs(since) / kSecond, std::abs(since) % kSecond / 1000);
  }
  line_.put(fmt::format("{:>5} {:>10}  ", name, when), color::kFaint);
}

// "alice → server", "server → alice", or ports where nobody is known by name yet.
std::string TextView::parties(const Message& message) const {
  const bool is_client = message.direction == Direction::Client;
  if (message.client_name.empty()) return fmt::format(":{} → :{}", message.source.port, message.destination.port);
  std::string name;
  append_unescaped(name, message.client_name);
  std::string safe;
  append_printable(safe, name);
  safe = fit(safe, safe.size() == kDigestLength ? kDigestWidth : kNameWidth);
  return is_client ? safe + " → server" : "server → " + safe;
}

std::string TextView::describe(const Message& message) const {
  std::string text;
  if (message.is_encrypted) {
    text = fmt::format("encrypted, {} bytes{}", message.size, message.boundaries_unknown ? ", boundaries unknown" : "");
  } else if (message.json != nullptr && message.protocol->summarize != nullptr) {
    message.protocol->summarize(message, options_.show_secrets, text);
  } else {
    text = fmt::format("{} bytes: {}", message.body.size(), preview(message.body));
  }
  std::string out;
  append_printable(out, text);
  return out;
}

// Who talks to whom, in front of the first line about a session, and in which protocol as soon as that is known.
void TextView::put_heading(std::uint32_t session, const Protocol* protocol) {
  const auto heading = headings_.find(session);
  if (heading == headings_.end()) return;
  std::string& who = heading->second;
  const bool was_shown = who.empty();
  if (was_shown && protocol == nullptr) return;
  line_.put(fmt::format("── session {}", session), color::kBold);
  if (!was_shown) line_.put("  " + who, color::kBold);
  if (protocol != nullptr) line_.put(fmt::format("  {}", protocol->name), color_of(protocol->name));
  line_.end();
  who.clear();
  if (protocol != nullptr) headings_.erase(heading);
}

// As wide as the protocol's longest type. Where lines are cut, what a message says is worth more than the whole of a
// long name: it gets the greater part of what is left of the line.
std::size_t TextView::type_width(const Protocol& protocol) const {
  std::size_t longest = kLeastTypeWidth;
  for (const MessageType& type : protocol.messages) longest = std::max(longest, type.name.size());
  if (options_.width == 0) return longest;
  return std::min(longest, std::max(kLeastTypeWidth, line_.room_left() * 3 / 8));
}

void TextView::on_message(const Message& message) {
  const Protocol& protocol = *message.protocol;
  const bool is_known = &protocol != &data_protocol();
  put_heading(message.session, is_known ? &protocol : nullptr);
  begin_line(fmt::format("{}.{}", message.session, message.number), message.time);
  const std::string who = parties(message);
  parties_width_ = std::max(parties_width_, columns(who));
  line_.put_column(parties_width_, who);
  std::string type;
  std::string unescaped;
  append_unescaped(unescaped, is_known ? message.type : protocol.name);
  append_printable(type, unescaped);
  const std::size_t width = type_width(protocol);
  line_.put_column(width, options_.width == 0 ? type : fit_name(type, width), color_of(protocol.name));
  const auto severity = worst(message);
  const std::string_view mark = severity ? mark_of(*severity) : " ";
  line_.put(mark, severity ? color_of(*severity) : std::string_view());
  line_.put(" ");
  const std::string summary = describe(message);
  std::string_view says = without_type(summary, type);
  if (message.reply_to) {
    line_.put(fmt::format("↩{} {}  ", *message.reply_to, duration(message.latency_ns)), color::kFaint);
    // The arrow says it.
    if (says.starts_with(kAnswers)) says.remove_prefix(kAnswers.size());
  }
  line_.put(says);
  line_.end();
  for (const Action& action : message.actions) {
    if (message.protocol->summarize_action == nullptr) break;
    std::string text;
    message.protocol->summarize_action(message, action, options_.show_secrets, text);
    std::string safe;
    append_printable(safe, text);
    line_.put(std::string(kIndent, ' ') + fmt::format("{}. {}", action.index + 1, safe));
    line_.end();
    put_findings(message.action_findings.subspan(action.first_finding, action.findings));
  }
  put_findings(message.findings);
}

// Notes are told by the mark alone: real software is always a version ahead of its specification.
void TextView::put_findings(std::span<const Finding> findings) {
  for (const Finding& finding : findings) {
    if (finding.rule->severity == Severity::Note) continue;
    line_.put(std::string(kIndent, ' '));
    put_finding(finding, {});
  }
}

void TextView::put_finding(const Finding& finding, std::string_view who) {
  const Severity severity = finding.rule->severity;
  line_.put(mark_of(severity), color_of(severity));
  line_.put(" ");
  line_.put(finding.rule->code, color_of(severity));
  std::string text = " ";
  if (!who.empty()) text += fmt::format("{}: ", who);
  if (!finding.field.empty()) {
    append_printable(text, finding.field);
    text += ' ';
  }
  append_printable(text, finding.message());
  if (!finding.citation().empty()) text += fmt::format(" ({})", finding.citation());
  line_.put(text);
  line_.end();
}

void TextView::on_finding(const LooseFinding& finding) {
  put_heading(finding.session);
  std::string name = finding.session == 0 ? std::string("-") : fmt::format("{}.-", finding.session);
  if (finding.message != 0) name = fmt::format("{}.{}", finding.session, finding.message);
  begin_line(name, finding.time);
  put_finding(*finding.finding, finding.direction ? to_string(*finding.direction) : std::string_view());
}

void TextView::on_session_opened(const SessionRecord& session) {
  headings_.insert_or_assign(session.session,
                             fmt::format("{} → {}", to_string(session.client), to_string(session.server)));
  if (!options_.with_events || !session.is_shown) return;
  put_heading(session.session);
  begin_line(fmt::format("{}.-", session.session), session.time);
  line_.put("session opened", color::kFaint);
  line_.end();
}

void TextView::on_session_closed(const SessionRecord& session) {
  const bool is_line = options_.with_events && session.is_shown;
  if (is_line) put_heading(session.session);
  headings_.erase(session.session);
  if (!is_line) return;
  begin_line(fmt::format("{}.-", session.session), session.time);
  line_.put(fmt::format("session closed ({}): {} message{}", session.reason, session.messages,
                        session.messages == 1 ? "" : "s"),
            color::kFaint);
  line_.end();
}

void TextView::on_event(const Event& event) {
  if (!options_.with_events) return;
  put_heading(event.session);
  begin_line(fmt::format("{}.-", event.session), event.time);
  std::string text = fmt::format("{} {}", event.layer, event.event);
  if (event.direction) text += fmt::format(" from the {}", to_string(*event.direction));
  if (event.size) text += fmt::format(", {} byte{}", *event.size, *event.size == 1 ? "" : "s");
  if (!event.detail.empty()) {
    text += ": ";
    append_printable(text, utf8_prefix(event.detail, kDetailBytes));
  }
  line_.put(text, color::kFaint);
  line_.end();
}

void TextView::on_room_event(const RoomEvent& event) {
  if (!options_.with_events) return;
  put_heading(event.session);
  begin_line(
      event.message == 0 ? fmt::format("{}.-", event.session) : fmt::format("{}.{}", event.session, event.message),
      event.time);
  line_.put(describe_room(event), color::kFaint);
  line_.end();
}

}  // namespace overhear
