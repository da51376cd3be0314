// A stretch of time that is looked at, and where its moments stand on the screen: zooming, panning, and the round
// numbers of the axis. Pure arithmetic, in nanoseconds.
#pragma once

#include <cstdint>
#include <string>

namespace overhear {

struct TimeWindow {
  std::int64_t begin = 0;
  std::int64_t end = 0;  // behind begin

  std::int64_t span() const { return end - begin; }
  friend bool operator==(const TimeWindow&, const TimeWindow&) = default;
};

// A capture may claim any time. Within these, nothing here overflows; what lies outside is drawn at their edge.
inline constexpr std::int64_t kEarliest = 0;
inline constexpr std::int64_t kLatest = 4'000'000'000'000'000'000;  // in 2096
constexpr std::int64_t bounded(std::int64_t time) {
  return time < kEarliest ? kEarliest : time > kLatest ? kLatest : time;
}

// Nothing shorter is looked at.
inline constexpr std::int64_t kLeastSpan = 1'000;

// Of `first` to `last`, with some room at both sides; never shorter than can be looked at.
TimeWindow window_around(std::int64_t first, std::int64_t last);
// Shorter or longer by `factor`, so that what stands at `fraction` of it stays there; not beyond `whole`.
TimeWindow zoomed(const TimeWindow& window, const TimeWindow& whole, double fraction, double factor);
// Later by so much; not beyond `whole`.
TimeWindow panned(const TimeWindow& window, const TimeWindow& whole, std::int64_t by);
// As near to it as `whole` allows.
TimeWindow clamped(TimeWindow window, const TimeWindow& whole);
// The least move after which `time` is in sight, with some room before and behind it.
TimeWindow showing(const TimeWindow& window, const TimeWindow& whole, std::int64_t time);

struct TimeScale {
  TimeWindow window;
  float left = 0;
  float width = 1;  // pixels

  float x_of(std::int64_t time) const {
    return left + static_cast<float>(static_cast<double>(time - window.begin) / static_cast<double>(window.span()) *
                                     static_cast<double>(width));
  }
  std::int64_t time_at(float x) const {
    return window.begin +
           static_cast<std::int64_t>(static_cast<double>((x - left) / width) * static_cast<double>(window.span()));
  }
};

// The least round step (1, 2 or 5 of a power of ten; beyond seconds those of clocks) that makes at most so many of
// `span`.
std::int64_t axis_step(std::int64_t span, double most);
// A time of the axis, with as many places as the step has: "200 ms", "1.25 s", "3:20". All of an axis have one unit,
// that of the greatest, `largest`.
std::string axis_text(std::int64_t ns, std::int64_t step, std::int64_t largest);

}  // namespace overhear
