#include "ui/views/density_strip.hpp"

#include <algorithm>
#include <cmath>

#include "ui/theme.hpp"

namespace overhear {
namespace {

ImU32 color_of_gravity(std::size_t gravity) {
  if (gravity >= 2) return ImGui::GetColorU32(color_of(static_cast<Severity>(gravity - 1)));
  return ImGui::GetColorU32(with_alpha(palette().accent, 0.8f));
}

std::uint64_t sum(const GravityCounts& counts) {
  std::uint64_t total = 0;
  for (const std::uint32_t count : counts) total += count;
  return total;
}

float edge() {
  return ImGui::GetFontSize() * 0.4f;
}

}  // namespace

// The height of a column grows with the root of its count, and so do the parts of it: one error among a thousand
// messages is seen.
void DensityStrip::draw_columns(const Density& density, const TimeWindow& whole, ImVec2 corner, ImVec2 size) {
  const auto columns = density.columns(whole, static_cast<std::size_t>(std::max(size.x, 1.0f)));
  std::uint64_t most = 1;
  for (const GravityCounts& counts : columns) most = std::max(most, sum(counts));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float unit = size.y / std::sqrt(static_cast<float>(most));
  const float least = std::max(2.0f, size.y * 0.1f);
  for (std::size_t column = 0; column < columns.size(); ++column) {
    const std::uint64_t total = sum(columns[column]);
    if (total == 0) continue;
    const float x = corner.x + static_cast<float>(column);
    float bottom = corner.y + size.y;
    const float top = bottom - std::max(least, std::sqrt(static_cast<float>(total)) * unit);
    std::uint64_t left = total;
    for (std::size_t gravity = kGravities; gravity-- > 2;) {
      const std::uint32_t count = columns[column][gravity];
      if (count == 0) continue;
      left -= count;
      const float height = std::max(least, std::sqrt(static_cast<float>(count)) * unit);
      const float until = std::max(top, bottom - height);
      list.AddRectFilled({x, until}, {x + 1, bottom}, color_of_gravity(gravity));
      bottom = until;
    }
    if (left > 0 && bottom > top) list.AddRectFilled({x, top}, {x + 1, bottom}, color_of_gravity(0));
  }
}

DensityStrip::Hold DensityStrip::hold_at(const TimeScale& scale, const TimeWindow& whole, const TimeWindow& window,
                                         float x) const {
  const float begin = scale.x_of(window.begin);
  const float end = scale.x_of(window.end);
  if (window == whole) return Hold::New;
  // Of a narrow window, the inside is still to be caught.
  const float reach = std::min(edge(), std::max(2.0f, (end - begin) / 3));
  if (std::abs(x - begin) <= reach) return Hold::Begin;
  if (std::abs(x - end) <= reach) return Hold::End;
  return x > begin && x < end ? Hold::Move : Hold::New;
}

bool DensityStrip::drag(const TimeScale& scale, const TimeWindow& whole, TimeWindow& window, float x) const {
  const TimeWindow before = window;
  const std::int64_t by = scale.time_at(x) - scale.time_at(held_at_);
  switch (hold_) {
    case Hold::None: return false;
    case Hold::Move: window = panned(held_, whole, by); break;
    case Hold::Begin:
      window.begin = std::clamp(held_.begin + by, whole.begin, std::max(whole.begin, held_.end - kLeastSpan));
      break;
    case Hold::End:
      window.end = std::clamp(held_.end + by, std::min(held_.begin + kLeastSpan, whole.end), whole.end);
      break;
    case Hold::New: {
      // A click goes there; a drag draws the window anew.
      if (std::abs(x - held_at_) < edge()) break;
      const auto [begin, end] = std::minmax({scale.time_at(held_at_), scale.time_at(x)});
      window = clamped({begin, end}, whole);
      break;
    }
  }
  return !(window == before);
}

bool DensityStrip::draw(const Density& density, const TimeWindow& whole, TimeWindow& window, ImVec2 corner,
                        ImVec2 size) {
  const TimeScale scale{.window = whole, .left = corner.x, .width = std::max(size.x, 1.0f)};
  ImGui::SetCursorScreenPos(corner);
  ImGui::InvisibleButton("density", {std::max(size.x, 1.0f), size.y});
  const float x = ImGui::GetIO().MousePos.x;
  if (ImGui::IsItemActivated()) {
    hold_ = hold_at(scale, whole, window, x);
    held_at_ = x;
    held_ = window;
  }
  bool has_changed = false;
  if (ImGui::IsItemActive()) has_changed = drag(scale, whole, window, x);
  if (ImGui::IsItemDeactivated()) {
    if (hold_ == Hold::New && std::abs(x - held_at_) < edge() && !(window == whole)) {
      window = panned(window, whole, scale.time_at(x) - (window.begin + window.span() / 2));
      has_changed = true;
    }
    hold_ = Hold::None;
  }
  if (ImGui::IsItemHovered() || ImGui::IsItemActive()) {
    const Hold hold = hold_ != Hold::None ? hold_ : hold_at(scale, whole, window, x);
    if (hold == Hold::Begin || hold == Hold::End) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
  }
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 to(corner.x + size.x, corner.y + size.y);
  list.AddRectFilled(corner, to, ImGui::GetColorU32(palette().stripe));
  const float begin = scale.x_of(window.begin);
  const float end = std::max(scale.x_of(window.end), begin + 2);
  list.AddRectFilled({begin, corner.y}, {end, to.y}, ImGui::GetColorU32(with_alpha(palette().selection, 0.35f)));
  draw_columns(density, whole, {corner.x, corner.y + 2}, {size.x, size.y - 2});
  const ImU32 shade = ImGui::GetColorU32(with_alpha(palette().back, 0.6f));
  list.AddRectFilled(corner, {begin, to.y}, shade);
  list.AddRectFilled({end, corner.y}, to, shade);
  list.AddRect({begin, corner.y}, {end, to.y}, ImGui::GetColorU32(palette().accent));
  return has_changed;
}

}  // namespace overhear
