// Where the marks of a plot's axis stand, and what they say: at round numbers, so that they are read without thinking.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace overhear {

struct AxisMark {
  double at = 0;  // of the axis, from 0 to 1
  std::string text;
};

struct Axis {
  double end = 1;  // the value at its end; it begins at 0
  std::vector<AxisMark> marks;
};

// Up to a round number that is at least `most`, in about so many steps.
Axis count_axis(double most, unsigned steps);
// The same in bytes, whose round numbers are others: "512 KiB".
Axis byte_axis(double most, unsigned steps);
// Exactly as long as it is, in nanoseconds: "20ms", "15s", "2min", "3h".
Axis time_axis(double length, unsigned steps);
// From 10^(first/10) to 10^(last/10) nanoseconds, a mark for each power of ten.
Axis decade_axis(int first, int last);

}  // namespace overhear
