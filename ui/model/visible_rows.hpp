// Which rows are shown, and in which order: of the chosen sessions and kinds, that match the filter, sorted by a
// column. Grows with the store, a little at a time, so that a frame never waits for a million rows.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "session/store/record_store.hpp"
#include "ui/model/row_filter.hpp"

namespace overhear {

enum class RowOrder : std::uint8_t {
  Told,  // as the analysis told them
  Time,
  Session,
  User,
  Room,
  Protocol,
  Type,
  Latency,
  Size,
  Findings,
};

class VisibleRows {
 public:
  // From here on; what was found before is found again. Empty: all.
  void choose_sessions(std::set<std::uint32_t> sessions);
  // Records that are no messages, too.
  void show_events(bool are_shown);
  // In the language of -Y; empty: all.
  std::expected<void, FilterError> filter(std::string text);
  void sort(RowOrder order, bool is_descending);
  // The store is another one.
  void restart();

  // Looks at more rows for about so long. True: rows have come, or the order has changed.
  bool advance(const RecordStore& store, std::chrono::microseconds budget);
  // All rows of the store were looked at.
  bool is_complete(const RecordStore& store) const { return looked_at_ == store.size(); }
  std::size_t looked_at() const { return looked_at_; }

  std::size_t size() const { return is_sorted() ? rows_.size() : told_.size(); }
  std::size_t operator[](std::size_t place) const { return is_sorted() ? rows_[place] : told_[place]; }
  // The same as the analysis told them; grows, until restarts() counts that they are found again.
  std::span<const std::uint32_t> told() const { return told_; }
  std::uint64_t restarts() const { return restarts_; }
  // Where a row is shown; SIZE_MAX: it is not.
  std::size_t place_of(std::size_t row) const;

  const std::set<std::uint32_t>& sessions() const { return sessions_; }
  bool has_events() const { return has_events_; }
  const std::string& filter_text() const { return filter_; }
  // Counts what changes which rows are shown, or their order.
  std::uint64_t version() const { return version_; }

 private:
  bool is_shown(const RecordStore& store, std::size_t index);
  void sort_rows(const RecordStore& store);
  bool is_sorted() const { return order_ != RowOrder::Told || is_descending_; }

  std::set<std::uint32_t> sessions_;
  bool has_events_ = false;
  std::string filter_;
  std::optional<RowFilter> asked_;
  RowOrder order_ = RowOrder::Told;
  bool is_descending_ = false;
  std::vector<std::uint32_t> told_;
  std::vector<std::uint32_t> rows_;  // the first of told_ in the order that was asked for, where that is another
  std::size_t looked_at_ = 0;
  bool must_sort_ = false;
  std::chrono::steady_clock::time_point sorted_at_;
  std::uint64_t version_ = 0;
  std::uint64_t restarts_ = 0;
};

}  // namespace overhear
