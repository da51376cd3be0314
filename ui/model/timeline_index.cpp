#include "ui/model/timeline_index.hpp"

#include <algorithm>
#include <utility>

namespace overhear {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kRowsPerLook = 256;  // between two looks at the clock
constexpr std::uint8_t kNoColor = 255;
constexpr std::uint32_t kNoRow = UINT32_MAX;
// A number of a message says nothing about how many there are.
constexpr std::size_t kFarthestNumber = 1 << 20;

bool is_gap(const RecordStore& store, const Row& row) {
  return row.kind == RecordKind::Finding && store.text(row.type) == "tcp.gap";
}

bool is_ping(const RecordStore& store, const Row& row) {
  if (row.kind != RecordKind::Event) return false;
  const std::string_view event = store.text(row.type);
  return event == "ping" || event == "pong";
}

TickKind kind_of_type(std::string_view type) {
  if (type.starts_with("Heartbeat.")) return TickKind::Heartbeat;
  if (type.starts_with("Handshake.") || type.starts_with("keyxchg")) return TickKind::Negotiation;
  return TickKind::Message;
}

bool is_earlier(const TimelineEntry& a, const TimelineEntry& b) {
  return a.time < b.time;
}

}  // namespace

TickSide side_of(const Row& row) {
  if (!row.has_direction) return TickSide::None;
  return row.direction == Direction::Client ? TickSide::Client : TickSide::Server;
}

const std::vector<TimelineEntry>& TimelineLane::entries() const {
  if (sorted_ == entries_.size()) return entries_;
  const auto middle = entries_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  std::stable_sort(middle, entries_.end(), is_earlier);
  std::inplace_merge(entries_.begin(), middle, entries_.end(), is_earlier);
  sorted_ = entries_.size();
  return entries_;
}

std::size_t TimelineLane::row_of(std::uint32_t number) const {
  if (number == 0 || number > messages_.size() || messages_[number - 1] == kNoRow) return SIZE_MAX;
  return messages_[number - 1];
}

void TimelineIndex::restart() {
  *this = {};
}

bool TimelineIndex::is_complete(const RecordStore& store, const VisibleRows& rows) const {
  return scanned_ == store.size() && restarts_ == rows.restarts() && added_ == rows.told().size() &&
         (rows.has_events() || !rows.filter_text().empty() || pinged_ == pings_.size());
}

std::size_t TimelineIndex::place_of(std::uint32_t session) const {
  const auto found = std::ranges::lower_bound(shown_, session);
  return found != shown_.end() && *found == session ? static_cast<std::size_t>(found - shown_.begin()) : SIZE_MAX;
}

TimelineLane& TimelineIndex::lane_of(std::uint32_t session) {
  if (session >= lanes_.size()) lanes_.resize(session + 1);
  return lanes_[session];
}

void TimelineIndex::list(std::uint32_t session) {
  if (std::exchange(lane_of(session).is_listed_, true)) return;
  shown_.insert(std::ranges::lower_bound(shown_, session), session);
}

void TimelineIndex::extend(std::int64_t time) {
  time = bounded(time);
  first_ = is_extended_ ? std::min(first_, time) : time;
  last_ = is_extended_ ? std::max(last_, time) : time;
  is_extended_ = true;
}

// A filter chooses rows; without one a session is there even where nothing was said in it.
bool TimelineIndex::shows_all_of(const VisibleRows& rows, std::uint32_t session) const {
  return rows.filter_text().empty() && session != 0 && (rows.sessions().empty() || rows.sessions().contains(session));
}

void TimelineIndex::restart_rows(const RecordStore& store, const VisibleRows& rows) {
  restarts_ = rows.restarts();
  added_ = pinged_ = 0;
  is_extended_ = false;
  shown_.clear();
  density_.clear();
  for (TimelineLane& lane : lanes_) {
    lane.entries_.clear();
    lane.sorted_ = 0;
    lane.is_listed_ = false;
  }
  for (const SessionSummary& session : store.sessions()) {
    // What is known of the others comes when their rows are scanned.
    if (session.number >= lanes_.size() || session.opened == Timestamp{}) continue;
    if (!shows_all_of(rows, session.number)) continue;
    list(session.number);
    extend(session.opened.ns);
    extend(session.last.ns);
  }
}

TickKind TimelineIndex::kind_of(const RecordStore& store, const Row& row) {
  if (row.kind == RecordKind::Finding) return TickKind::Finding;
  if (row.kind != RecordKind::Message) return is_ping(store, row) ? TickKind::Heartbeat : TickKind::Event;
  return kinds_[row.type];
}

void TimelineIndex::scan_message(const RecordStore& store, TimelineLane& lane, std::size_t index) {
  const Row& row = store.row(index);
  if (row.type >= kinds_.size()) {
    kinds_.resize(row.type + 1);
    colors_.resize(row.type + 1, kNoColor);
  }
  if (colors_[row.type] == kNoColor) {
    kinds_[row.type] = kind_of_type(store.text(row.type));
    colors_[row.type] = next_color_;
    if (kinds_[row.type] == TickKind::Message)
      next_color_ = static_cast<std::uint8_t>(std::min(next_color_ + 1, kMostColors - 1));
  }
  const bool is_first = lane.messages_.empty();
  if (row.number > 0 && row.number <= lane.messages_.size() + kFarthestNumber) {
    if (row.number > lane.messages_.size()) lane.messages_.resize(row.number, kNoRow);
    lane.messages_[row.number - 1] = static_cast<std::uint32_t>(index);
  }
  const bool is_secret = row.was_opened || row.is_encrypted;
  const SessionSummary* const session = store.session(row.session);
  if (kinds_[row.type] == TickKind::Negotiation) {
    if (!lane.is_negotiating_) lane.negotiations_.push_back({bounded(row.time.ns), bounded(row.time.ns)});
    lane.is_negotiating_ = true;
    lane.negotiations_.back().end = bounded(row.time.ns);
    return;
  }
  // What travels in TLS has no messages before it that would tell.
  if (is_first && is_secret && session != nullptr && session->opened != Timestamp{}) {
    lane.negotiations_.push_back({bounded(session->opened.ns), bounded(row.time.ns)});
  }
  if (lane.is_negotiating_ && is_secret) lane.negotiations_.back().end = bounded(row.time.ns);
  lane.is_negotiating_ = false;
}

// What is known of a session whichever rows are shown.
void TimelineIndex::scan(const RecordStore& store, const VisibleRows& rows, std::size_t index) {
  const Row& row = store.row(index);
  TimelineLane& lane = lane_of(row.session);
  if (row.kind == RecordKind::Message) scan_message(store, lane, index);
  if (!row.has_time) return;
  if (is_gap(store, row)) lane.gaps_.push_back({bounded(row.time.ns), static_cast<std::uint32_t>(index)});
  if (is_ping(store, row)) pings_.push_back(static_cast<std::uint32_t>(index));
  if (lane.is_listed_ && rows.filter_text().empty()) return extend(row.time.ns);
  if (!shows_all_of(rows, row.session)) return;
  list(row.session);
  extend(row.time.ns);
}

void TimelineIndex::add(const RecordStore& store, std::size_t index) {
  const Row& row = store.row(index);
  if (!row.has_time || row.kind == RecordKind::Session || is_gap(store, row)) return;
  TimelineEntry entry;
  entry.time = bounded(row.time.ns);
  entry.row = static_cast<std::uint32_t>(index);
  entry.kind = kind_of(store, row);
  entry.side = side_of(row);
  entry.gravity = row.findings == 0 ? 0 : static_cast<std::uint8_t>(static_cast<int>(row.severity) + 1);
  entry.color = row.kind == RecordKind::Message ? colors_[row.type] : 0;
  list(row.session);
  TimelineLane& lane = lanes_[row.session];
  const bool is_in_order =
      lane.sorted_ == lane.entries_.size() && (lane.entries_.empty() || lane.entries_.back().time <= entry.time);
  lane.entries_.push_back(entry);
  if (is_in_order) lane.sorted_ = lane.entries_.size();
  extend(entry.time);
  density_.add(entry.time, entry.gravity);
}

bool TimelineIndex::advance(const RecordStore& store, const VisibleRows& rows, std::chrono::microseconds budget) {
  if (is_complete(store, rows)) return false;
  const auto end = steady_clock::now() + budget;
  if (restarts_ != rows.restarts()) restart_rows(store, rows);
  const auto told = rows.told();
  const bool has_pings = !rows.has_events() && rows.filter_text().empty();
  do {
    for (std::size_t i = 0; i < kRowsPerLook && scanned_ < store.size(); ++i) scan(store, rows, scanned_++);
    for (std::size_t i = 0; i < kRowsPerLook && added_ < told.size() && told[added_] < scanned_; ++i) {
      add(store, told[added_++]);
    }
    for (std::size_t i = 0; i < kRowsPerLook && has_pings && pinged_ < pings_.size(); ++i) {
      const std::uint32_t ping = pings_[pinged_++];
      if (shows_all_of(rows, store.row(ping).session)) add(store, ping);
    }
  } while (!is_complete(store, rows) && steady_clock::now() < end);
  ++version_;
  return true;
}

}  // namespace overhear
