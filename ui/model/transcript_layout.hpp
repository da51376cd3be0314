// Which lines of the chat stand where in a list of equally high ones: those of one room or of all, each as many lines
// as its text takes, and one where a day begins. Pure; grows a little at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "ui/model/text_wrap.hpp"
#include "ui/model/transcript_lines.hpp"

namespace overhear {

class TranscriptLayout {
 public:
  static constexpr std::uint32_t kAllRooms = UINT32_MAX;

  // From the next advance() on. `width`: of texts.
  void choose_room(std::uint32_t room) { wanted_.room = room; }
  void set_width(const CharacterWidths& widths, float width);

  void advance(const TranscriptLines& lines, std::chrono::microseconds budget);
  bool is_complete(const TranscriptLines& lines) const {
    return made_ == wanted_ && beginning_ == lines.beginnings() && looked_at_ == lines.size();
  }

  struct Place {
    std::size_t shown = 0;  // which of those shown
    std::size_t line = 0;   // in the transcript
    std::size_t part = 0;   // of its text
    bool is_day = false;    // none of its text: the day that begins with it
  };
  std::size_t size() const { return size_; }
  // REQUIRES: less than size().
  Place at(std::size_t place) const;
  // Where the first part of a line of the transcript is, or of the last one shown before it; SIZE_MAX: nowhere.
  std::size_t place_of(std::size_t line) const;
  std::size_t shown() const { return shown_.size(); }
  std::size_t line(std::size_t shown) const { return shown_[shown].line; }
  // The lines of a text as it was laid out.
  void wrap(std::string_view text, std::vector<std::pair<std::size_t, std::size_t>>& lines) const {
    wrap_text(text, made_.widths, made_.width, lines);
  }
  std::uint32_t room() const { return made_.room; }
  // Counts how often it was laid out anew.
  std::uint64_t version() const { return version_; }

 private:
  struct Look {
    std::uint32_t room = kAllRooms;
    CharacterWidths widths;
    float width = 0;

    friend bool operator==(const Look&, const Look&) = default;
  };
  struct Shown {
    std::uint32_t line = 0;
    std::uint32_t first = 0;  // place
    bool begins_day = false;
  };

  void restart(const TranscriptLines& lines);
  std::size_t parts_of(const TranscriptLines& lines, std::size_t line);

  Look wanted_;
  Look made_;
  std::uint64_t beginning_ = UINT64_MAX;
  std::size_t looked_at_ = 0;
  std::size_t size_ = 0;
  std::vector<Shown> shown_;
  std::vector<float> text_widths_;  // of lines, with made_.widths
  std::vector<std::pair<std::size_t, std::size_t>> parts_;
  std::uint64_t version_ = 0;
};

}  // namespace overhear
