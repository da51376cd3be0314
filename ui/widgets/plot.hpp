// A small plot: bars or stepped lines over one axis, with marks at round numbers.
#pragma once

#include <imgui.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "ui/model/axis.hpp"

namespace overhear {

struct PlotSeries {
  std::vector<double> values;  // equally far from each other along the axis
  ImVec4 color;
  std::string name;  // empty: it needs none
};

struct Plot {
  std::string title;
  std::vector<PlotSeries> series;
  bool has_bars = true;
  Axis across;             // its marks are of the bottom line
  double across_used = 1;  // how much of that the values take
  Axis up;
  std::string empty;                             // said where there are no values
  std::function<std::string(std::size_t)> tell;  // what the tooltip says of a place
};

// At the cursor. Gives the place that was clicked; SIZE_MAX: none.
std::size_t draw_plot(const Plot& plot, ImVec2 size);

}  // namespace overhear
