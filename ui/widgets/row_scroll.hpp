// A list of any number of rows of equal height, of which those in sight are drawn. ImGui's own scrolling counts pixels
// in floats, which a million rows exceed.
#pragma once

#include <cstddef>

namespace overhear {

struct RowScroll {
  double first = 0;        // row at the top
  bool was_moved = false;  // by the user, in this frame
  bool takes_wheel = true;

  // Moves so that the row is in sight of `page` whole rows.
  void show(std::size_t row, std::size_t page);
};

// Draws the scroll bar of a list of `rows` rows, `page` of which fit, at the right edge of the rectangle, and moves the
// list with it and with the wheel over the rectangle. Gives the bar's width; 0: all rows fit.
float draw_row_scroll(const char* id, RowScroll& scroll, std::size_t rows, double page, float left, float top,
                      float right, float bottom);

}  // namespace overhear
