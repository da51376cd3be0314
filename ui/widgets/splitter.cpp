#include "ui/widgets/splitter.hpp"

#include <imgui.h>

#include <algorithm>

#include "ui/theme.hpp"

namespace overhear {

void splitter(const char* id, bool is_vertical, float length, float& size, float least, float most) {
  const ImVec2 area = is_vertical ? ImVec2(kSplitterWidth, length) : ImVec2(length, kSplitterWidth);
  ImGui::InvisibleButton(id, area);
  const bool is_touched = ImGui::IsItemHovered() || ImGui::IsItemActive();
  if (is_touched) ImGui::SetMouseCursor(is_vertical ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
  if (ImGui::IsItemActive()) {
    const ImVec2 moved = ImGui::GetIO().MouseDelta;
    size += is_vertical ? moved.x : moved.y;
  }
  size = std::clamp(size, least, std::max(least, most));
  if (is_touched) {
    ImGui::GetWindowDrawList()->AddRectFilled(ImGui::GetItemRectMin(), ImGui::GetItemRectMax(),
                                              ImGui::ColorConvertFloat4ToU32(palette().accent));
  }
}

}  // namespace overhear
