// The whole capture on one line: how much happened when and how grave it was, and which part of it is looked at, to be
// dragged, resized, or drawn anew.
#pragma once

#include <imgui.h>

#include "ui/model/density.hpp"

namespace overhear {

class DensityStrip {
 public:
  // True: `window` is another one.
  bool draw(const Density& density, const TimeWindow& whole, TimeWindow& window, ImVec2 corner, ImVec2 size);

 private:
  enum class Hold : std::uint8_t { None, Move, Begin, End, New };

  Hold hold_at(const TimeScale& scale, const TimeWindow& whole, const TimeWindow& window, float x) const;
  bool drag(const TimeScale& scale, const TimeWindow& whole, TimeWindow& window, float x) const;
  static void draw_columns(const Density& density, const TimeWindow& whole, ImVec2 corner, ImVec2 size);

  Hold hold_ = Hold::None;
  float held_at_ = 0;  // x
  TimeWindow held_;    // the window then
};

}  // namespace overhear
