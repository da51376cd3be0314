#include "ui/widgets/fold_arrow.hpp"

#include <imgui_internal.h>

#include "ui/theme.hpp"

namespace overhear {

void draw_fold_arrow(ImVec2 at, bool is_open) {
  constexpr float kScale = 0.75f;
  ImGui::RenderArrow(ImGui::GetWindowDrawList(), at, ImGui::GetColorU32(palette().faint),
                     is_open ? ImGuiDir_Down : ImGuiDir_Right, kScale);
}

}  // namespace overhear
