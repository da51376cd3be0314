#include "ui/model/visible_rows.hpp"

#include <algorithm>
#include <utility>

namespace overhear {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kRowsPerLook = 256;                  // between two looks at the clock
constexpr std::chrono::milliseconds kSortAgainAfter{500};  // while rows come

// What is sorted by, where texts are not.
std::int64_t number_of(const Row& row, RowOrder order) {
  switch (order) {
    case RowOrder::Time: return row.time.ns;
    case RowOrder::Session: return static_cast<std::int64_t>(std::uint64_t{row.session} << 32 | row.number);
    case RowOrder::Protocol: return row.protocol;
    case RowOrder::Latency: return row.is_answer ? row.latency_ns : -1;
    case RowOrder::Size: return row.size;
    case RowOrder::Findings: return row.findings == 0 ? -1 : static_cast<int>(row.severity) * 256 + row.findings;
    default: return 0;
  }
}

StringId text_of(const Row& row, RowOrder order) {
  switch (order) {
    case RowOrder::User: return row.user;
    case RowOrder::Room: return row.room;
    case RowOrder::Type: return row.type;
    default: return 0;
  }
}

bool is_by_text(RowOrder order) {
  return order == RowOrder::User || order == RowOrder::Room || order == RowOrder::Type;
}

}  // namespace

void VisibleRows::restart() {
  told_.clear();
  rows_.clear();
  looked_at_ = 0;
  ++restarts_;
  asked_.reset();
  // A filter keeps account of what it was asked, so it begins anew.
  if (auto filter = Filter::compile(filter_); filter && !filter_.empty()) asked_.emplace(std::move(*filter));
  ++version_;
}

void VisibleRows::choose_sessions(std::set<std::uint32_t> sessions) {
  if (sessions == sessions_) return;
  sessions_ = std::move(sessions);
  restart();
}

void VisibleRows::show_events(bool are_shown) {
  if (are_shown == has_events_) return;
  has_events_ = are_shown;
  restart();
}

std::expected<void, FilterError> VisibleRows::filter(std::string text) {
  if (text == filter_) return {};
  if (const auto compiled = Filter::compile(text); !compiled) return std::unexpected(compiled.error());
  filter_ = std::move(text);
  restart();
  return {};
}

void VisibleRows::sort(RowOrder order, bool is_descending) {
  if (order == order_ && is_descending == is_descending_) return;
  order_ = order;
  is_descending_ = is_descending;
  must_sort_ = is_sorted();
  rows_.clear();
  if (must_sort_) rows_ = told_;
  ++version_;
}

bool VisibleRows::is_shown(const RecordStore& store, std::size_t index) {
  const Row& row = store.row(index);
  // The filter is asked about each.
  if (asked_ && !asked_->matches(store, index)) return false;
  if (row.kind != RecordKind::Message && !has_events_) return false;
  return sessions_.empty() || sessions_.contains(row.session);
}

void VisibleRows::sort_rows(const RecordStore& store) {
  rows_ = told_;
  std::vector<std::pair<std::int64_t, std::uint32_t>> keys(rows_.size());
  std::vector<std::int64_t> ranks;  // of texts
  if (is_by_text(order_)) ranks = store.text_ranks();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Row& row = store.row(rows_[i]);
    std::int64_t key = ranks.empty() ? number_of(row, order_) : ranks[text_of(row, order_)];
    if (order_ == RowOrder::Told) key = rows_[i];
    keys[i] = {is_descending_ ? -key : key, rows_[i]};
  }
  std::ranges::sort(keys);
  std::ranges::transform(keys, rows_.begin(), [](const auto& key) { return key.second; });
  must_sort_ = false;
  sorted_at_ = steady_clock::now();
}

bool VisibleRows::advance(const RecordStore& store, std::chrono::microseconds budget) {
  const std::size_t before = told_.size();
  const auto end = steady_clock::now() + budget;
  while (looked_at_ < store.size()) {
    const std::size_t until = std::min(store.size(), looked_at_ + kRowsPerLook);
    for (; looked_at_ < until; ++looked_at_) {
      if (is_shown(store, looked_at_)) told_.push_back(static_cast<std::uint32_t>(looked_at_));
    }
    if (steady_clock::now() >= end) break;
  }
  bool has_changed = told_.size() != before;
  if (is_sorted() && (must_sort_ || rows_.size() != told_.size()) &&
      (must_sort_ || is_complete(store) || steady_clock::now() - sorted_at_ > kSortAgainAfter)) {
    sort_rows(store);
    has_changed = true;
  }
  if (has_changed) ++version_;
  return has_changed;
}

std::size_t VisibleRows::place_of(std::size_t row) const {
  const std::vector<std::uint32_t>& rows = is_sorted() ? rows_ : told_;
  const auto found = is_sorted() ? std::ranges::find(rows, row) : std::ranges::lower_bound(rows, row);
  return found != rows.end() && *found == row ? static_cast<std::size_t>(found - rows.begin()) : SIZE_MAX;
}

}  // namespace overhear
