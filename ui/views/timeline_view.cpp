#include "ui/views/timeline_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/amount_text.hpp"
#include "dissectors/protocol.hpp"
#include "session/text/message_text.hpp"
#include "ui/model/time_text.hpp"
#include "ui/views/timeline_frame.hpp"
#include "ui/widgets/elided_text.hpp"

namespace overhear {
namespace {

constexpr double kPanStep = 0.1;  // of the window
constexpr std::size_t kNameWidth = 32;
constexpr float kLeastArc = 0.5f;   // in letters
constexpr float kLeastLane = 2.4f;  // heights, in letters
constexpr float kMostLane = 5;
constexpr float kAxisLabel = 8;  // letters for each

void put(const ViewContext& context, ImVec2 at, std::string_view text, const ImVec4& color, float width,
         std::string_view tooltip = {}) {
  if (width <= 1) return;
  ImGui::SetCursorScreenPos(at);
  elided_text(context.fonts, text, color, tooltip, width);
}

std::string lane_name(const RecordStore& store, std::uint32_t number) {
  const SessionSummary* const session = store.session(number);
  if (session == nullptr) return "of no session";
  return fmt::format(
      "{}  {}", number,
      session->user != 0 ? name_text(store.text(session->user), kNameWidth) : fmt::format(":{}", session->client.port));
}

// "12:00:01.25": as many places as the step tells apart.
std::string clock_label(std::int64_t ns, std::int64_t step) {
  constexpr std::size_t kSeconds = 8;  // "12:00:00"
  constexpr std::size_t kMicros = 15;
  std::size_t length = kSeconds;
  if (step < kSecond) {
    ++length;
    for (std::int64_t unit = kSecond; unit > step && length < kMicros; unit /= 10) ++length;
  }
  return clock_text({ns}).substr(0, length);
}

}  // namespace

void TimelineView::restart() {
  index_.restart();
  window_.reset();
  layouts_.clear();
  key_ = {};
  shown_.reset();
}

void TimelineView::show_end() {
  const TimeWindow whole = index_.whole();
  if (window_) window_ = panned(*window_, whole, whole.end - window_->end);
}

void TimelineView::pan(int steps) {
  const TimeWindow now = window();
  window_ = panned(now, index_.whole(), static_cast<std::int64_t>(static_cast<double>(now.span()) * kPanStep * steps));
}

void TimelineView::zoom(int steps) {
  window_ = zoomed(window(), index_.whole(), 0.5, std::pow(kZoomStep, steps));
}

// What is selected elsewhere comes into sight; what comes in too, where that was asked for.
void TimelineView::follow(const ViewContext& context, ViewState& state) {
  const RecordStore& store = context.document.store();
  if (window_ && state.is_tail_followed && followed_ != index_.last()) show_end();
  followed_ = index_.last();
  if (!state.selected || (!state.must_show_selected && shown_ == state.selected)) return;
  const Row& row = store.row(*state.selected);
  const std::size_t place = index_.place_of(row.session);
  if (place == SIZE_MAX && !index_.is_complete(store, context.rows)) return;  // not yet there
  shown_ = state.selected;
  state.must_show_selected = false;
  if (place == SIZE_MAX || !row.has_time) return;
  if (window_) window_ = showing(window(), index_.whole(), bounded(row.time.ns));
  scroll_.show(place, static_cast<std::size_t>(std::max(1.0, std::floor(page_))));
}

void TimelineView::lay_out_lanes(const ViewContext& context, const Frame& frame) {
  const auto& lanes = index_.lanes();
  const auto in_sight = static_cast<std::size_t>(std::ceil(page_)) + 1;
  const std::size_t count = std::min(in_sight, lanes.size() - std::min(lanes.size(), frame.first));
  const bool is_same = key_.scale.window == frame.scale.window && key_.scale.left == frame.scale.left &&
                       key_.scale.width == frame.scale.width && key_.first == frame.first && key_.count == count &&
                       key_.version == index_.version();
  if (is_same) return;
  key_ = {.scale = frame.scale, .first = frame.first, .count = count, .version = index_.version()};
  const RecordStore& store = context.document.store();
  layouts_.clear();
  for (std::size_t place = frame.first; place < frame.first + count; ++place) {
    const std::uint32_t session = lanes[place];
    layouts_.push_back(overhear::lay_out(index_.lane(session), store.session(session), store, frame.scale,
                                         ImGui::GetFontSize() * kLeastArc));
  }
}

void TimelineView::draw_strip(const ViewContext& context, const Frame& frame) {
  const float letter = ImGui::GetFontSize();
  put(context, {frame.corner.x + letter * 0.5f, frame.corner.y + letter * 0.2f}, counted(index_.lanes().size(), "lane"),
      palette().faint, frame.labels - letter);
  TimeWindow now = window();
  const bool has_changed = strip_.draw(index_.density(), index_.whole(), now, {frame.scale.left, frame.corner.y + 2},
                                       {frame.scale.width, frame.strip_height - 4});
  if (has_changed) window_ = now;
}

void TimelineView::draw_axis(const ViewContext& context, const ViewState& state, const Frame& frame) const {
  const bool is_absolute = state.habits.time_format == TimeFormat::Absolute;
  const std::int64_t zero =
      is_absolute ? 0 : bounded(state.time_reference.value_or(context.document.store().first_message()).ns);
  const TimeWindow& window = frame.scale.window;
  const float label = ImGui::GetFontSize() * kAxisLabel;
  const std::int64_t step = axis_step(window.span(), static_cast<double>(frame.scale.width / label));
  const std::int64_t largest = std::max(std::abs(window.begin - zero), std::abs(window.end - zero));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float top = frame.corner.y + frame.strip_height;
  const ImU32 line = ImGui::GetColorU32(with_alpha(palette().line, 0.6f));
  list.AddRectFilled({frame.corner.x, top}, {frame.right(), frame.lanes_top()}, ImGui::GetColorU32(palette().back));
  std::int64_t at = (window.begin - zero) / step * step + zero;
  if (at < window.begin) at += step;
  for (; at <= window.end; at += step) {
    const float x = frame.scale.x_of(at);
    list.AddRectFilled({x, frame.lanes_top() - 4}, {x + 1, frame.lanes_bottom()}, line);
    const std::string text = is_absolute ? clock_label(at, step) : axis_text(at - zero, step, largest);
    if (x + 3 + ImGui::CalcTextSize(text.c_str()).x > frame.right()) break;
    put(context, {x + 3, top + 2}, text, palette().faint, label);
  }
}

void TimelineView::draw_label(const ViewContext& context, const Frame& frame, std::size_t place) const {
  const RecordStore& store = context.document.store();
  const std::uint32_t number = index_.lanes()[place];
  const SessionSummary* const session = store.session(number);
  const LanePlace lane = frame.lane(place - frame.first);
  const std::string_view protocol = session == nullptr || session->protocol == nullptr ? "" : session->protocol->name;
  const float letter = ImGui::GetFontSize();
  ImGui::GetWindowDrawList()->AddRectFilled({frame.corner.x, lane.top + 2},
                                            {frame.corner.x + letter * 0.25f, lane.bottom - 2},
                                            ImGui::GetColorU32(color_of_protocol(protocol)));
  std::string tooltip;
  if (session != nullptr) {
    tooltip = fmt::format("session {}: {} → {}\n{}{}{}", number, to_string(session->client), to_string(session->server),
                          protocol, protocol.empty() ? "" : ", ", counted(session->messages, "message"));
  }
  put(context, {frame.corner.x + letter * 0.6f, lane.middle() - ImGui::GetTextLineHeight() / 2},
      lane_name(store, number), palette().text, frame.labels - letter, tooltip);
}

void TimelineView::draw_lanes(const ViewContext& context, const ViewState& state, const Frame& frame) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const std::uint32_t chosen = state.selected ? context.document.store().row(*state.selected).session : UINT32_MAX;
  for (std::size_t i = 0; i < layouts_.size(); ++i) {
    const LanePlace place = frame.lane(i);
    const bool is_chosen = index_.lanes()[frame.first + i] == chosen;
    const ImVec4 back = is_chosen                    ? with_alpha(palette().selection, 0.35f)
                        : (frame.first + i) % 2 == 0 ? palette().pane
                                                     : palette().stripe;
    list.AddRectFilled({frame.corner.x, place.top}, {frame.right(), place.bottom}, ImGui::GetColorU32(back));
  }
  draw_axis(context, state, frame);
  ImGui::PushClipRect({frame.corner.x, frame.lanes_top()}, {frame.right(), frame.lanes_bottom()}, true);
  for (std::size_t i = 0; i < layouts_.size(); ++i) draw_label(context, frame, frame.first + i);
  ImGui::PopClipRect();
  ImGui::PushClipRect({frame.scale.left, frame.lanes_top()}, {frame.right(), frame.lanes_bottom()}, true);
  for (std::size_t i = 0; i < layouts_.size(); ++i) draw_lane(layouts_[i], frame.lane(i), frame.scale);
  draw_chosen(context, state, frame);
  ImGui::PopClipRect();
  list.AddRectFilled({frame.scale.left - 1, frame.corner.y}, {frame.scale.left, frame.lanes_bottom()},
                     ImGui::GetColorU32(palette().line));
}

void TimelineView::draw_chosen(const ViewContext& context, const ViewState& state, const Frame& frame) const {
  if (!state.selected) return;
  const RecordStore& store = context.document.store();
  const Row& row = store.row(*state.selected);
  const std::size_t place = index_.place_of(row.session);
  if (!row.has_time || place < frame.first || place >= frame.first + layouts_.size()) return;
  const LanePlace lane = frame.lane(place - frame.first);
  for (const TimelineArc& arc : arcs_of(index_.lane(row.session), store, frame.scale, *state.selected)) {
    draw_arc(arc, lane, palette().accent, 2 * context.scale);
  }
  draw_selected(frame.scale.x_of(bounded(row.time.ns)), lane, side_of(row));
}

// Which color is which type, of those in sight.
void TimelineView::draw_legend(const ViewContext& context, const Frame& frame) const {
  struct Entry {
    std::size_t count = 0;
    TimelineEntry entry;
  };
  std::vector<Entry> types(TimelineIndex::kMostColors + 1);  // the last: of negotiations
  for (const LaneLayout& layout : layouts_) {
    for (const TimelineTick& tick : layout.ticks) {
      if (tick.entry.kind != TickKind::Message && tick.entry.kind != TickKind::Negotiation) continue;
      Entry& type = tick.entry.kind == TickKind::Negotiation ? types.back() : types[tick.entry.color];
      type.count += tick.count;
      type.entry = tick.entry;
      type.entry.gravity = 0;  // the color is its type's
    }
  }
  std::ranges::stable_sort(types, std::ranges::greater(), &Entry::count);
  const RecordStore& store = context.document.store();
  const float letter = ImGui::GetFontSize();
  const float top = frame.lanes_bottom() + letter * 0.2f;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled({frame.corner.x, frame.lanes_bottom()},
                     {frame.corner.x + frame.size.x, frame.corner.y + frame.size.y},
                     ImGui::GetColorU32(palette().back));
  float x = frame.corner.x + letter * 0.5f;
  for (const Entry& type : types) {
    if (type.count == 0) break;
    const std::string text = name_text(store.text(store.row(type.entry.row).type), kNameWidth);
    const float width = ImGui::CalcTextSize(text.c_str()).x;
    if (x + width + letter > frame.right()) break;
    list.AddRectFilled({x, top + letter * 0.25f}, {x + letter * 0.6f, top + letter * 0.85f},
                       ImGui::GetColorU32(color_of_entry(type.entry)), 2);
    put(context, {x + letter * 0.85f, top}, text, palette().faint, width + 2);
    x += width + letter * 2;
  }
}

void TimelineView::draw(const ViewContext& context, ViewState& state) {
  Frame frame;
  const float letter = ImGui::GetFontSize();
  frame.corner = ImGui::GetCursorScreenPos();
  frame.size = ImGui::GetContentRegionAvail();
  if (index_.lanes().empty()) {
    const bool is_looking =
        context.document.is_loading() || !index_.is_complete(context.document.store(), context.rows);
    put(context, {frame.corner.x + letter, frame.corner.y + letter},
        is_looking ? "Looking…" : "Nothing that is chosen has happened.", palette().faint, frame.size.x - 2 * letter);
    return;
  }
  frame.labels = std::min(letter * 10, frame.size.x * 0.25f);
  frame.strip_height = letter * 3;
  frame.axis_height = letter * 1.5f;
  frame.legend_height = letter * 1.5f;
  const float height = std::max(1.0f, frame.lanes_bottom() - frame.lanes_top());
  const float share = height / static_cast<float>(index_.lanes().size());
  frame.lane_height = std::round(std::clamp(share, letter * kLeastLane, letter * kMostLane));
  page_ = static_cast<double>(height / frame.lane_height);
  follow(context, state);
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  scroll_.takes_wheel = mouse.x < frame.corner.x + frame.labels || ImGui::GetIO().KeyCtrl;
  frame.bar = draw_row_scroll("lanes", scroll_, index_.lanes().size(), page_, frame.corner.x, frame.lanes_top(),
                              frame.corner.x + frame.size.x, frame.lanes_bottom());
  frame.first = static_cast<std::size_t>(scroll_.first);
  frame.shift = static_cast<float>(scroll_.first - static_cast<double>(frame.first)) * frame.lane_height;
  frame.scale = {.window = window(),
                 .left = frame.corner.x + frame.labels,
                 .width = std::max(1.0f, frame.size.x - frame.labels - frame.bar)};
  lay_out_lanes(context, frame);
  ImGui::PushClipRect({frame.corner.x, frame.lanes_top() - frame.axis_height}, {frame.right(), frame.lanes_bottom()},
                      true);
  draw_lanes(context, state, frame);
  ImGui::PopClipRect();
  draw_legend(context, frame);
  draw_strip(context, frame);
  take_mouse(context, state, frame);
}

}  // namespace overhear
