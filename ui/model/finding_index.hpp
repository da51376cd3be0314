// All findings of the rows that are looked at, by what they are: the gravest first, then by code, and for each where it
// occurs. Eight bytes an occurrence; what it says is brought back when it is asked for. As a list of lines, of which a
// view draws those in sight: what was found, and under what is open its occurrences. Grows a little at a time.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "ui/model/visible_rows.hpp"

namespace overhear {

struct FindingGroup {
  const Rule* rule = nullptr;
  std::string_view citation;  // of these; others of the same code may rest on another place
  struct Occurrence {
    std::uint32_t row = 0;
    std::uint32_t number = 0;  // among those of the row
  };
  std::vector<Occurrence> occurrences;  // in the order in which they were told
  bool is_open = false;
};

class FindingIndex {
 public:
  static constexpr std::size_t kSeverities = 3;

  // Rows, or the store, are other ones from here on. What is open or left out stays so.
  void restart();
  // Looks at more of the rows for about so long. REQUIRES: as TranscriptLines::advance().
  void advance(const RecordStore& store, const VisibleRows& rows, std::chrono::microseconds budget);
  bool is_complete(const VisibleRows& rows) const { return looked_at_ == rows.size(); }

  // Whatever is left out.
  std::uint64_t count(Severity severity) const { return counts_[static_cast<std::size_t>(severity)]; }
  std::uint64_t count() const { return counts_[0] + counts_[1] + counts_[2]; }
  bool is_shown(Severity severity) const { return is_shown_[static_cast<std::size_t>(severity)]; }
  void show(Severity severity, bool is_shown);
  // Only this code; empty: all.
  void choose_code(std::string_view code);
  std::string_view code() const { return code_; }

  struct Line {
    const FindingGroup* group = nullptr;
    std::size_t occurrence = SIZE_MAX;  // SIZE_MAX: the line is that of the group
  };
  std::size_t lines() const;
  // REQUIRES: less than lines().
  Line line(std::size_t number) const;
  // Where the line of this row's first occurrence is among what is open; SIZE_MAX: it is not.
  std::size_t line_of_row(std::size_t row) const;
  // Opens or closes what is under the line; gives where its group's line is.
  std::size_t fold(std::size_t line, bool is_open);

 private:
  using Key = std::tuple<int, std::string_view, std::string_view>;  // severity (gravest first), code, citation

  bool is_shown(const FindingGroup& group) const;
  void add(const Finding& finding, std::size_t row, std::size_t number);
  void add_row(const RecordStore& store, std::size_t row);
  void list();

  std::map<Key, FindingGroup> groups_;
  std::map<Key, bool> opened_;         // what was open before the last restart()
  std::vector<FindingGroup*> listed_;  // that are shown
  std::array<std::uint64_t, kSeverities> counts_{};
  std::array<bool, kSeverities> is_shown_ = {true, true, true};
  std::string code_;
  std::size_t looked_at_ = 0;
};

}  // namespace overhear
