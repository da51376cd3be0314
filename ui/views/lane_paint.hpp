// Draws what a lane of the timeline holds where its layout puts it.
#pragma once

#include <imgui.h>

#include "ui/model/timeline_layout.hpp"

namespace overhear {

// Top and bottom of a lane, and the room in it for ticks.
struct LanePlace {
  float top = 0;
  float bottom = 0;

  float middle() const { return (top + bottom) / 2; }
  float reach() const { return (bottom - top) * 0.34f; }  // of a tick, from the middle
};

ImVec4 color_of_entry(const TimelineEntry& entry);
void draw_lane(const LaneLayout& layout, const LanePlace& place, const TimeScale& scale);
void draw_arc(const TimelineArc& arc, const LanePlace& place, const ImVec4& color, float width);
// Around the tick of what is selected.
void draw_selected(float x, const LanePlace& place, TickSide side);

}  // namespace overhear
