// The mark of a line that others are under.
#pragma once

#include <imgui.h>

namespace overhear {

void draw_fold_arrow(ImVec2 at, bool is_open);

}  // namespace overhear
