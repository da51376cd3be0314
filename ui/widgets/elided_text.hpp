// Text in a cell: cut with "…" where it does not fit, and then whole in a tooltip.
#pragma once

#include <imgui.h>

#include <string_view>

namespace overhear {

class Fonts;

// `tooltip`: more than the text, shown in any case; empty: only where it was cut. `width`: how much room there is; 0:
// what is left of the line.
void elided_text(Fonts& fonts, std::string_view text, const ImVec4& color, std::string_view tooltip = {},
                 float width = 0);

}  // namespace overhear
