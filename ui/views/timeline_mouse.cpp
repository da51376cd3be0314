// What the mouse does in a timeline.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/amount_text.hpp"
#include "session/text/message_text.hpp"
#include "ui/frame_text.hpp"
#include "ui/model/time_text.hpp"
#include "ui/views/timeline_frame.hpp"

namespace overhear {
namespace {

constexpr float kReach = 0.35f;     // of the mouse, in letters
constexpr float kLeastDrag = 0.3f;  // in letters; less is a click

}  // namespace

const TimelineTick* TimelineView::tick_under(const Frame& frame, ImVec2 at) const {
  if (at.y < frame.lanes_top() || at.y >= frame.lanes_bottom() || at.x < frame.scale.left) return nullptr;
  const auto lane = static_cast<std::size_t>((at.y - frame.lanes_top() + frame.shift) / frame.lane_height);
  if (lane >= layouts_.size()) return nullptr;
  const TickSide side = at.y < frame.lane(lane).middle() ? TickSide::Client : TickSide::Server;
  return tick_at(layouts_[lane], at.x, ImGui::GetFontSize() * kReach, side);
}

std::size_t TimelineView::gap_under(const Frame& frame, ImVec2 at) const {
  if (at.y < frame.lanes_top() || at.y >= frame.lanes_bottom()) return SIZE_MAX;
  const auto lane = static_cast<std::size_t>((at.y - frame.lanes_top() + frame.shift) / frame.lane_height);
  if (lane >= layouts_.size()) return SIZE_MAX;
  for (const TimelineMark& gap : layouts_[lane].gaps) {
    if (std::abs(gap.x - at.x) <= ImGui::GetFontSize() * kReach) return gap.row;
  }
  return SIZE_MAX;
}

void TimelineView::show_tooltip(const ViewContext& context, const ViewState& state, const TimelineTick& tick) const {
  const RecordStore& store = context.document.store();
  const Row& row = store.row(tick.entry.row);
  const RowText& text = context.texts.of(store, tick.entry.row, state.show_secrets);
  context.fonts.see(text.type);
  context.fonts.see(text.summary);
  context.fonts.see(text.parties);
  const TooltipScope tooltip;
  ImGui::PushTextWrapPos(ImGui::GetFontSize() * 40);
  ImGui::PushStyleColor(ImGuiCol_Text, color_of_entry(tick.entry));
  ImGui::TextUnformatted(fmt::format("{}  {}", text.name, text.type).c_str());
  ImGui::PopStyleColor();
  if (!text.parties.empty()) ImGui::TextUnformatted(text.parties.c_str());
  if (!text.summary.empty()) ImGui::TextUnformatted(text.summary.c_str());
  std::string when = seconds_text(row.time - state.time_reference.value_or(store.first_message())) + " s";
  if (row.is_answer) when += fmt::format(", {} behind its request", duration_text(row.latency_ns));
  ImGui::TextDisabled("%s", when.c_str());
  ImGui::TextDisabled("%s", full_time_text(row.time).c_str());
  if (row.findings > 0) {
    ImGui::TextColored(color_of(row.severity), "%s %s", std::string(mark_of(row.severity)).c_str(),
                       counted(row.findings, "finding").c_str());
  }
  if (tick.count > 1) ImGui::TextDisabled("and %u more at this pixel: zoom in", tick.count - 1);
  ImGui::PopTextWrapPos();
}

void TimelineView::hover(const ViewContext& context, const ViewState& state, const Frame& frame) const {
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (const TimelineTick* tick = tick_under(frame, mouse)) return show_tooltip(context, state, *tick);
  const std::size_t gap = gap_under(frame, mouse);
  if (gap == SIZE_MAX) return;
  const RowText& text = context.texts.of(context.document.store(), gap, state.show_secrets);
  const TooltipScope tooltip;
  ImGui::TextColored(palette().warning, "%s", text.type.c_str());
  ImGui::TextUnformatted(text.summary.c_str());
}

void TimelineView::drag(const ViewContext& context, ViewState& state, const Frame& frame) {
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (drag_ == Drag::Pan) {
    const std::int64_t by = frame.scale.time_at(dragged_from_.x) - frame.scale.time_at(mouse.x);
    window_ = panned(dragged_, index_.whole(), by);
    scroll_.first = dragged_first_ + static_cast<double>((dragged_from_.y - mouse.y) / frame.lane_height);
  }
  const bool is_wide = std::abs(mouse.x - dragged_from_.x) >= ImGui::GetFontSize() * kLeastDrag;
  const auto [left, right] =
      std::minmax({std::max(dragged_from_.x, frame.scale.left), std::max(mouse.x, frame.scale.left)});
  if (ImGui::IsItemActive()) {
    if (drag_ != Drag::Box || !is_wide) return;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled({left, frame.lanes_top()}, {right, frame.lanes_bottom()},
                       ImGui::GetColorU32(with_alpha(palette().accent, 0.18f)));
    list.AddRect({left, frame.lanes_top()}, {right, frame.lanes_bottom()}, ImGui::GetColorU32(palette().accent));
    const TooltipScope tooltip;
    ImGui::TextUnformatted(exact_duration(frame.scale.time_at(right) - frame.scale.time_at(left)).c_str());
    return;
  }
  if (drag_ == Drag::Box && is_wide) {
    window_ = clamped({frame.scale.time_at(left), frame.scale.time_at(right)}, index_.whole());
  } else if (drag_ == Drag::Box) {
    click(context, state, frame);
  }
  drag_ = Drag::None;
}

void TimelineView::click(const ViewContext& context, ViewState& state, const Frame& frame) {
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const TimelineTick* const tick = tick_under(frame, mouse);
  const std::size_t row = tick != nullptr ? tick->entry.row : gap_under(frame, mouse);
  if (row == SIZE_MAX || row >= context.document.store().size()) return;
  state.selected = shown_ = row;
}

void TimelineView::take_mouse(const ViewContext& context, ViewState& state, const Frame& frame) {
  const ImGuiIO& io = ImGui::GetIO();
  ImGui::SetCursorScreenPos({frame.corner.x, frame.lanes_top()});
  ImGui::InvisibleButton(
      "lanes",
      {std::max(1.0f, frame.right() - frame.corner.x), std::max(1.0f, frame.lanes_bottom() - frame.lanes_top())},
      ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonMiddle);
  const bool is_hovered = ImGui::IsItemHovered();
  if (ImGui::IsItemActivated()) {
    state.focus = Pane::Messages;
    drag_ = io.KeyShift || ImGui::IsMouseDown(ImGuiMouseButton_Middle) ? Drag::Pan : Drag::Box;
    dragged_from_ = io.MousePos;
    dragged_ = window();
    dragged_first_ = scroll_.first;
  }
  if (ImGui::IsItemActive() || ImGui::IsItemDeactivated()) drag(context, state, frame);
  if (!is_hovered) return;
  if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
    show_all();
    drag_ = Drag::None;
  }
  const bool is_over_lanes = io.MousePos.x >= frame.scale.left;
  if (is_over_lanes && io.MouseWheel != 0 && !io.KeyCtrl) {
    const double fraction = static_cast<double>((io.MousePos.x - frame.scale.left) / frame.scale.width);
    window_ = zoomed(window(), index_.whole(), fraction, std::pow(kZoomStep, io.MouseWheel));
  }
  if (io.MouseWheelH != 0) pan(io.MouseWheelH > 0 ? 1 : -1);
  if (drag_ == Drag::None && is_over_lanes) hover(context, state, frame);
}

}  // namespace overhear
