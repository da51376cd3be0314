// How long it takes until a capture is shown, and how fast it scrolls: for `overhear view --measure`, by which
// bench/viewer compares.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ui/app.hpp"

namespace overhear {

class Measurement {
 public:
  // Begins now.
  Measurement() : start_(std::chrono::steady_clock::now()) {}

  // Before each frame: scrolls, once everything is there.
  void begin_frame(App& app);
  // Behind it. True: everything is measured.
  bool end_frame(const App& app);
  // A line each; REQUIRES: everything is measured.
  std::string text(const App& app) const;

 private:
  using Clock = std::chrono::steady_clock;

  Clock::time_point start_;
  std::optional<Clock::time_point> first_;  // messages were drawn
  std::optional<Clock::time_point> all_;
  Clock::time_point frame_begun_;
  std::vector<double> frames_;  // seconds, while scrolling
};

}  // namespace overhear
