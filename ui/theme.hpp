// The viewer's colors, dark and light, and ImGui's style made of them.
#pragma once

#include <imgui.h>

#include <string_view>

#include "base/finding.hpp"

namespace overhear {

enum class Theme : std::uint8_t { Dark, Light };

struct Palette {
  ImVec4 back;       // of the window
  ImVec4 pane;       // of lists and texts
  ImVec4 stripe;     // of every other line
  ImVec4 selection;  // of a line that is chosen
  ImVec4 text;
  ImVec4 faint;   // what matters less
  ImVec4 line;    // between panes
  ImVec4 accent;  // what can be acted on
  ImVec4 note, warning, error;
  ImVec4 warning_back, error_back;  // of a line that has one
  ImVec4 mark_back;                 // of a line that is marked
  ImVec4 valid_back;                // of a filter that is right
};

const Palette& palette();
ImVec4 color_of(Severity severity);
// Empty: nothing known.
ImVec4 color_of_protocol(std::string_view protocol);
// Of types of messages, by which came before which; none is taken for a warning's or an error's. They repeat.
ImVec4 color_of_type(std::size_t number);
// The same, to see through.
ImVec4 with_alpha(const ImVec4& color, float alpha);

// Of somebody, or something, that is told from others by its color: always the same for the same name.
ImVec4 color_of_name(std::string_view name);

// Also for sizes; `scale`: pixels a unit.
void apply_theme(Theme theme, float scale);

}  // namespace overhear
