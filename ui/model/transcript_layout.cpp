#include "ui/model/transcript_layout.hpp"

#include <algorithm>
#include <limits>

namespace overhear {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kLinesPerLook = 256;  // between two looks at the clock
constexpr float kManyLines = std::numeric_limits<float>::infinity();

std::chrono::days day_of(Timestamp time) {
  return std::chrono::floor<std::chrono::days>(std::chrono::nanoseconds(time.ns));
}

}  // namespace

void TranscriptLayout::set_width(const CharacterWidths& widths, float width) {
  wanted_.widths = widths;
  wanted_.width = std::max(width, widths.plain['0'] * 8);
}

void TranscriptLayout::restart(const TranscriptLines& lines) {
  if (beginning_ != lines.beginnings() || wanted_.widths != made_.widths) text_widths_.clear();
  beginning_ = lines.beginnings();
  made_ = wanted_;
  looked_at_ = size_ = 0;
  shown_.clear();
  ++version_;
}

// How wide a text is is remembered, so that the width of the window can change without a look at every text.
std::size_t TranscriptLayout::parts_of(const TranscriptLines& lines, std::size_t line) {
  const ChatLine& chat = lines[line];
  if (text_widths_.size() <= line) text_widths_.resize(lines.size(), -1);
  float& width = text_widths_[line];
  if (width < 0) width = chat.has_breaks ? kManyLines : text_width(lines.text(chat), made_.widths);
  if (width <= made_.width) return 1;
  wrap(lines.text(chat), parts_);
  return parts_.size();
}

void TranscriptLayout::advance(const TranscriptLines& lines, std::chrono::microseconds budget) {
  if (made_ != wanted_ || beginning_ != lines.beginnings()) restart(lines);
  const auto end = steady_clock::now() + budget;
  while (looked_at_ < lines.size()) {
    const std::size_t until = std::min(lines.size(), looked_at_ + kLinesPerLook);
    for (; looked_at_ < until; ++looked_at_) {
      if (made_.room != kAllRooms && lines[looked_at_].room != made_.room) continue;
      const bool begins_day =
          shown_.empty() || day_of(lines[shown_.back().line].time) != day_of(lines[looked_at_].time);
      shown_.push_back({static_cast<std::uint32_t>(looked_at_), static_cast<std::uint32_t>(size_), begins_day});
      size_ += parts_of(lines, looked_at_) + (begins_day ? 1 : 0);
    }
    if (steady_clock::now() >= end) break;
  }
}

TranscriptLayout::Place TranscriptLayout::at(std::size_t place) const {
  const auto behind = std::ranges::upper_bound(shown_, place, {}, &Shown::first);
  const Shown& shown = *(behind - 1);
  const std::size_t before = shown.begins_day ? 1 : 0;
  const std::size_t within = place - shown.first;
  return {.shown = static_cast<std::size_t>(behind - shown_.begin()) - 1,
          .line = shown.line,
          .part = within < before ? 0 : within - before,
          .is_day = within < before};
}

std::size_t TranscriptLayout::place_of(std::size_t line) const {
  const auto behind = std::ranges::upper_bound(shown_, line, {}, &Shown::line);
  if (behind == shown_.begin()) return SIZE_MAX;
  const Shown& shown = *(behind - 1);
  return shown.first + (shown.begins_day ? 1 : 0);
}

}  // namespace overhear
