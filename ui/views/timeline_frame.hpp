// Where the parts of a timeline stand in one frame.
#pragma once

#include <imgui.h>

#include "ui/views/timeline_view.hpp"

namespace overhear {

struct TimelineView::Frame {
  ImVec2 corner;
  ImVec2 size;
  float labels = 0;  // width
  float strip_height = 0;
  float axis_height = 0;
  float legend_height = 0;
  float lane_height = 1;
  float bar = 0;
  std::size_t first = 0;  // lane at the top
  float shift = 0;        // how much of it is above
  TimeScale scale;

  float right() const { return corner.x + size.x - bar; }
  float lanes_top() const { return corner.y + strip_height + axis_height; }
  float lanes_bottom() const { return corner.y + size.y - legend_height; }
  LanePlace lane(std::size_t number) const {
    const float top = lanes_top() + static_cast<float>(number) * lane_height - shift;
    return {top, top + lane_height};
  }
};

}  // namespace overhear
