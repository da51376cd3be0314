#include "cli/ladder_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/message_color.hpp"
#include "dissectors/json/json_index.hpp"
#include "dissectors/protocol.hpp"
#include "session/text/message_text.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kLeastTitle = 8;  // of the last lane, beside the server's
constexpr std::size_t kMostTitle = 24;
constexpr std::string_view kAnswers = "answers ";

// The findings' first code that is as grave as the gravest.
std::string_view code_of(const Message& message, Severity severity) {
  for (const auto findings : {message.findings, message.action_findings}) {
    for (const Finding& finding : findings) {
      if (finding.rule->severity == severity) return finding.rule->code;
    }
  }
  return {};
}

}  // namespace

LadderView::LadderView(Output& output, const LadderOptions& options)
    : options_(options), layout_(options.width), line_(output, 0, options.with_color, options.is_ascii) {}

void LadderView::put(std::string_view text, std::string_view color) {
  column_ += columns(text);
  line_.put(text, color);
}

std::size_t LadderView::put_fitted(std::string_view text, std::size_t width, std::string_view color) {
  const std::string fitted = fit(text, width);
  put(fitted, color);
  return width - columns(fitted);
}

void LadderView::fill(std::size_t column, std::string_view glyph) {
  std::string text;
  for (std::size_t at = column_; at < column; ++at) text += glyph;
  put(text);
}

void LadderView::end() {
  line_.end();
  column_ = 0;
}

void LadderView::put_margin(std::optional<Timestamp> time, std::string_view name) {
  if (!start_) start_ = time;
  std::string when;
  if (time) {
    const std::int64_t since = *time - *start_;
    when = fmt::format("{}{}.{:06}", since < 0 ? "-" : "", std::abs(since) / kSecond, std::abs(since) % kSecond / 1000);
  }
  // A long name takes the room of the time's last digits.
  constexpr std::size_t kTime = 10;
  constexpr std::size_t kWidth = LadderLayout::kMargin - 2;
  const std::size_t room = std::min(kTime, kWidth - std::min(kWidth, columns(name) + 1));
  if (when.size() > room) when.resize(room < when.find('.') ? 0 : room);
  if (when.ends_with('.')) when.pop_back();
  put_fitted(fmt::format("{:>{}} {:>{}}", when, room, name, kWidth - room - 1), kWidth, color::kFaint);
  fill(LadderLayout::kMargin, " ");
}

void LadderView::put_titles(const LadderPlace& place, bool is_address) {
  const std::string full = is_address || !place.heading.has_addresses ? std::string(place.server) : "server";
  const std::string server = fit_name(full, place.server_column - place.text_column - kLeastTitle);
  const std::size_t server_column = place.server_column + 1 - columns(server);
  for (std::size_t i = 0; i < place.lanes->size(); ++i) {
    const LadderLane& lane = (*place.lanes)[i];
    const bool is_last = i + 1 == place.lanes->size();
    const std::size_t next = is_last ? server_column : (*place.lanes)[i + 1].column;
    const std::size_t room = std::min(next - lane.column - 1, kMostTitle);
    const std::string_view port =
        std::string_view(lane.address).substr(std::min(lane.address.size(), lane.address.rfind(':')));
    std::string title = lane.name.empty() ? std::string(port) : name_text(lane.name, kMostTitle);
    if (lane.is_shared) title = "others";
    // The port says which it is where the whole has no room.
    if (is_address) title = lane.address.size() <= room ? lane.address : std::string(port);
    fill(lane.column, " ");
    if (lane.is_alive && !(lane.is_shared && is_address))
      put_fitted(title, room, is_address ? color::kFaint : color::kBold);
  }
  fill(server_column, " ");
  put(server, is_address ? color::kFaint : color::kBold);
  end();
}

// A row on which nothing happens, with the client's new name on its line.
void LadderView::put_name(const LadderPlace& place) {
  const std::vector<LadderLane>& lanes = *place.lanes;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    fill(lanes[i].column, " ");
    const std::size_t next = i + 1 == lanes.size() ? place.server_column : lanes[i + 1].column;
    if (i == place.lane) {
      put_fitted(name_text(lanes[i].name, kMostTitle), next - lanes[i].column - 1, color::kBold);
    } else {
      put(lanes[i].is_alive ? "│" : " ", color::kFaint);
    }
  }
  fill(place.server_column, " ");
  put("│", color::kFaint);
  end();
}

void LadderView::put_heading(const LadderPlace& place) {
  if (place.heading.is_of_one) put_name(place);
  if (!place.heading.is_due) return;
  put_titles(place, false);
  if (place.heading.has_addresses) put_titles(place, true);
}

void LadderView::put_lanes(const LadderPlace& place, std::optional<Direction> from) {
  for (std::size_t i = 0; i < place.lanes->size(); ++i) {
    const LadderLane& lane = (*place.lanes)[i];
    const bool is_inside = from && i > place.lane;
    fill(lane.column, is_inside ? "─" : " ");
    if (!from || i < place.lane) {
      put(lane.is_alive ? "│" : " ", color::kFaint);
    } else if (i > place.lane) {
      put(lane.is_alive ? "┼" : "─");
    } else if (*from == Direction::Client) {
      put("├");
    } else {
      put("│", color::kFaint);
      put("◀");
    }
  }
  if (!from) return fill(place.text_column, " ");
  fill(place.text_column - 1, "─");
  put(" ");
}

void LadderView::put_label(const Message& message, const LadderPlace& place) {
  std::size_t left = place.text_width;
  if (!place.who.empty()) {
    const std::size_t before = left;
    left = before - (before / 3 - put_fitted(name_text(place.who, kMostTitle), before / 3, color::kBold));
    left = put_fitted(": ", left, color::kBold);
  }
  const auto severity = worst_of(message);
  if (severity) left = put_fitted(fmt::format("{} ", mark_of(*severity)), left, color_of(*severity));
  const std::string type = type_text(message);
  // What it is called is worth more than what it says.
  const std::string shown = fit_name(type, std::max(left * 3 / 4, std::min<std::size_t>(left, 16)));
  left = put_fitted(shown, left, color_of_protocol(message.protocol->name));
  if (message.reply_to) {
    left =
        put_fitted(fmt::format("  ↩{} {}", *message.reply_to, duration_text(message.latency_ns)), left, color::kFaint);
  }
  if (severity && *severity != Severity::Note) {
    left = put_fitted(fmt::format("  {}", code_of(message, *severity)), left, color_of(*severity));
  }
  const std::string summary = summary_text(message, options_.show_secrets);
  std::string_view says = without_type(summary, type);
  if (message.reply_to && says.starts_with(kAnswers)) says.remove_prefix(kAnswers.size());
  constexpr std::size_t kWorthwhile = 8;
  if (!says.empty() && left >= kWorthwhile) {
    (void)put_fitted(fmt::format("{}{}", type.empty() ? "" : "  ", says), left, color::kFaint);
  }
}

void LadderView::on_message(const Message& message) {
  if (!layout_.is_open(message.session)) return;
  std::string name;
  append_unescaped(name, message.client_name);
  const LadderPlace place = layout_.place(message.session, name);
  put_heading(place);
  put_margin(message.time, fmt::format("{}.{}", message.session, message.number));
  put_lanes(place, message.direction);
  put_label(message, place);
  put(" ");
  const bool is_client = message.direction == Direction::Client;
  fill(place.server_column - 1, "─");
  put(is_client ? "▶" : "─");
  put(is_client ? "│" : "┤", is_client ? color::kFaint : std::string_view());
  end();
}

void LadderView::put_note(std::uint32_t session, std::optional<Timestamp> time, std::string_view name,
                          std::string_view text, std::string_view color) {
  if (!layout_.is_open(session)) {
    put_margin(time, name);
    put_fitted(text, std::max(options_.width, LadderLayout::kLeastWidth) - LadderLayout::kMargin, color);
    return end();
  }
  const LadderPlace place = layout_.place(session, {});
  put_heading(place);
  put_margin(time, name);
  put_lanes(place, std::nullopt);
  const std::string who = place.who.empty() ? std::string() : name_text(place.who, kMostTitle) + ": ";
  put_fitted(who + std::string(text), place.text_width, color);
  fill(place.server_column, " ");
  put("│", color::kFaint);
  end();
}

void LadderView::on_finding(const LooseFinding& finding) {
  const Severity severity = finding.finding->rule->severity;
  std::string name = finding.session == 0 ? std::string("-") : fmt::format("{}.-", finding.session);
  if (finding.message != 0) name = fmt::format("{}.{}", finding.session, finding.message);
  std::string text = fmt::format("{} {} ", mark_of(severity), finding.finding->rule->code);
  if (finding.direction) text += fmt::format("{}: ", to_string(*finding.direction));
  append_printable(text, finding.finding->message());
  put_note(finding.session, finding.time, name, text, color_of(severity));
}

void LadderView::on_session_opened(const SessionRecord& session) {
  layout_.open(session.session, to_string(session.client), to_string(session.server));
  if (!options_.with_events || !session.is_shown) return;
  put_note(session.session, session.time, fmt::format("{}.-", session.session), "session opened", color::kFaint);
}

void LadderView::on_session_closed(const SessionRecord& session) {
  if (options_.with_events && session.is_shown) {
    put_note(session.session, session.time, fmt::format("{}.-", session.session),
             fmt::format("session closed ({})", session.reason), color::kFaint);
  }
  layout_.close(session.session);
}

void LadderView::on_event(const Event& event) {
  if (!options_.with_events) return;
  put_note(event.session, event.time, fmt::format("{}.-", event.session), event_text(event), color::kFaint);
}

void LadderView::on_room_event(const RoomEvent& event) {
  if (!options_.with_events) return;
  const std::string name =
      event.message == 0 ? fmt::format("{}.-", event.session) : fmt::format("{}.{}", event.session, event.message);
  put_note(event.session, event.time, name, room_event_text(event), color::kFaint);
}

}  // namespace overhear
