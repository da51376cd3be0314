#include "cli/text_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/message_color.hpp"
#include "cli/wrap.hpp"
#include "dissectors/protocol.hpp"
#include "dissectors/registry.hpp"
#include "session/text/finding_text.hpp"
#include "session/text/message_text.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kNameWidth = 12;
constexpr std::size_t kLeastTypeWidth = 14;
constexpr std::string_view kAnswers = "answers ";
constexpr std::size_t kIndent = 18;  // of what belongs to the message above: behind name and time

}  // namespace

TextView::TextView(Output& output, const TextOptions& options)
    : options_(options), line_(output, options.width, options.with_color, options.is_ascii) {}

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
  const std::string safe = name_text(name, kNameWidth);
  return is_client ? safe + " → server" : "server → " + safe;
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
  if (protocol != nullptr) line_.put(fmt::format("  {}", protocol->name), color_of_protocol(protocol->name));
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
  const std::string type = type_text(message);
  const std::size_t width = type_width(protocol);
  line_.put_column(width, options_.width == 0 ? type : fit_name(type, width), color_of_protocol(protocol.name));
  const auto severity = worst_of(message);
  const std::string_view mark = severity ? mark_of(*severity) : " ";
  line_.put(mark, severity ? color_of(*severity) : std::string_view());
  line_.put(" ");
  const std::string summary = summary_text(message, options_.show_secrets);
  std::string_view says = without_type(summary, type);
  if (message.reply_to) {
    line_.put(fmt::format("↩{} {}  ", *message.reply_to, duration_text(message.latency_ns)), color::kFaint);
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
    put_finding(finding);
  }
}

// Its mark and code; what it says is returned.
std::string TextView::begin_finding(const Finding& finding, std::string_view who) {
  const Severity severity = finding.rule->severity;
  line_.put(mark_of(severity), color_of(severity));
  line_.put(" ");
  line_.put(finding.rule->code, color_of(severity));
  std::string text = " ";
  if (!who.empty()) text += fmt::format("{}: ", who);
  append_printable(text, cited_text(finding));
  return text;
}

// Of a message's own: cut like the message.
void TextView::put_finding(const Finding& finding) {
  line_.put(begin_finding(finding, {}));
  line_.end();
}

// Often says at its end what can be done: all of it is shown.
void TextView::put_loose_finding(const Finding& finding, std::string_view who) {
  const std::string text = begin_finding(finding, who);
  if (options_.width == 0 || columns(text) <= line_.room_left()) {
    line_.put(text);
    return line_.end();
  }
  line_.end();
  const std::size_t room = options_.width - std::min(options_.width - 1, kIndent);
  for (const std::string& part : wrap(std::string_view(text).substr(1), room)) {
    line_.put(std::string(kIndent, ' ') + part);
    line_.end();
  }
}

void TextView::on_finding(const LooseFinding& finding) {
  put_heading(finding.session);
  std::string name = finding.session == 0 ? std::string("-") : fmt::format("{}.-", finding.session);
  if (finding.message != 0) name = fmt::format("{}.{}", finding.session, finding.message);
  begin_line(name, finding.time);
  put_loose_finding(*finding.finding, finding.direction ? to_string(*finding.direction) : std::string_view());
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
  line_.put(event_text(event), color::kFaint);
  line_.end();
}

void TextView::on_room_event(const RoomEvent& event) {
  if (!options_.with_events) return;
  put_heading(event.session);
  begin_line(
      event.message == 0 ? fmt::format("{}.-", event.session) : fmt::format("{}.{}", event.session, event.message),
      event.time);
  line_.put(room_event_text(event), color::kFaint);
  line_.end();
}

}  // namespace overhear
