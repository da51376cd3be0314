#include "ui/widgets/row_scroll.hpp"

#include <imgui.h>

#include <algorithm>

#include "ui/theme.hpp"

namespace overhear {
namespace {

constexpr double kRowsPerNotch = 3;  // of the wheel

}  // namespace

void RowScroll::show(std::size_t row, std::size_t page) {
  const auto place = static_cast<double>(row);
  const auto fits = static_cast<double>(std::max<std::size_t>(page, 1));
  if (place < first) first = place;
  if (place > first + fits - 1) first = place - fits + 1;
}

float draw_row_scroll(const char* id, RowScroll& scroll, std::size_t rows, double page, float left, float top,
                      float right, float bottom) {
  scroll.was_moved = false;
  const double last = std::max(0.0, static_cast<double>(rows) - page);
  const double before = scroll.first;
  if (scroll.takes_wheel && ImGui::IsWindowHovered(ImGuiHoveredFlags_ChildWindows) &&
      ImGui::IsMouseHoveringRect({left, top}, {right, bottom})) {
    scroll.first -= ImGui::GetIO().MouseWheel * kRowsPerNotch;
  }
  float width = 0;
  if (last > 0) {
    width = ImGui::GetStyle().ScrollbarSize;
    const float height = bottom - top;
    const float least = 2 * width;
    const auto grip = std::max(least, static_cast<float>(page / static_cast<double>(rows)) * height);
    const float way = std::max(height - grip, 1.0f);
    ImGui::SetCursorScreenPos({right - width, top});
    ImGui::PushID(id);
    ImGui::InvisibleButton("scroll", {width, std::max(height, 1.0f)});
    ImGui::PopID();
    const float at = top + static_cast<float>(std::clamp(scroll.first / last, 0.0, 1.0)) * way;
    static float held_at = 0;  // where in the grip the mouse holds it
    if (ImGui::IsItemActivated()) {
      const float mouse = ImGui::GetIO().MousePos.y;
      held_at = mouse >= at && mouse < at + grip ? mouse - at : grip / 2;
    }
    if (ImGui::IsItemActive()) {
      scroll.first = static_cast<double>((ImGui::GetIO().MousePos.y - held_at - top) / way) * last;
    }
    scroll.first = std::clamp(scroll.first, 0.0, last);
    const float shown = top + static_cast<float>(scroll.first / last) * way;
    const ImU32 color = ImGui::GetColorU32(ImGui::IsItemActive()    ? ImGuiCol_ScrollbarGrabActive
                                           : ImGui::IsItemHovered() ? ImGuiCol_ScrollbarGrabHovered
                                                                    : ImGuiCol_ScrollbarGrab);
    ImGui::GetWindowDrawList()->AddRectFilled({right - width + 3, shown}, {right - 3, shown + grip}, color, width / 3);
  }
  scroll.first = std::clamp(scroll.first, 0.0, last);
  scroll.was_moved = scroll.first != before;
  return width;
}

}  // namespace overhear
