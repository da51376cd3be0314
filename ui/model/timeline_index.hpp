// What a timeline is laid out from: for each session its rows by time, and what belongs to the session whichever rows
// are shown: when keys were negotiated, where bytes are missing. Grows with the store and with the rows that are shown,
// a little at a time.
//
// Memory: 16 bytes for each row that is shown, 4 for each message, about 150 for each session.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <vector>

#include "session/store/record_store.hpp"
#include "ui/model/density.hpp"
#include "ui/model/visible_rows.hpp"

namespace overhear {

enum class TickKind : std::uint8_t { Message, Negotiation, Heartbeat, Finding, Event };
// Whose it is: of the client's drawn upwards, of the server's downwards.
enum class TickSide : std::uint8_t { Client, Server, None };

TickSide side_of(const Row& row);

struct TimelineEntry {
  std::int64_t time = 0;
  std::uint32_t row = 0;
  TickKind kind = TickKind::Message;
  TickSide side = TickSide::None;
  std::uint8_t gravity = 0;  // of its findings: none, note, warning, error
  std::uint8_t color = 0;    // of its type: how many others came before it, at most kMostColors - 1
};
static_assert(sizeof(TimelineEntry) == 16);

struct TimelineGap {
  std::int64_t time = 0;
  std::uint32_t row = 0;
};

class TimelineLane {
 public:
  // By time.
  const std::vector<TimelineEntry>& entries() const;
  const std::vector<TimeWindow>& negotiations() const { return negotiations_; }
  const std::vector<TimelineGap>& gaps() const { return gaps_; }
  // The row of a message; SIZE_MAX: not known (yet).
  std::size_t row_of(std::uint32_t number) const;

 private:
  friend class TimelineIndex;

  mutable std::vector<TimelineEntry> entries_;
  mutable std::size_t sorted_ = 0;       // of them
  std::vector<std::uint32_t> messages_;  // rows by number - 1
  std::vector<TimeWindow> negotiations_;
  std::vector<TimelineGap> gaps_;
  bool is_listed_ = false;
  bool is_negotiating_ = false;
};

class TimelineIndex {
 public:
  static constexpr std::uint8_t kMostColors = 255;

  // The store is another one.
  void restart();
  // Looks at more rows for about so long. True: something has come.
  bool advance(const RecordStore& store, const VisibleRows& rows, std::chrono::microseconds budget);
  bool is_complete(const RecordStore& store, const VisibleRows& rows) const;

  // Sessions, by number, in the order in which they are shown; 0: what is of none.
  const std::vector<std::uint32_t>& lanes() const { return shown_; }
  const TimelineLane& lane(std::uint32_t session) const { return lanes_[session]; }
  // Where a session's lane is; SIZE_MAX: it has none.
  std::size_t place_of(std::uint32_t session) const;
  // All that is shown. REQUIRES: there are lanes.
  TimeWindow whole() const { return window_around(first_, last_); }
  std::int64_t last() const { return last_; }
  const Density& density() const { return density_; }
  // Counts what has come or gone.
  std::uint64_t version() const { return version_; }

 private:
  void restart_rows(const RecordStore& store, const VisibleRows& rows);
  void scan(const RecordStore& store, const VisibleRows& rows, std::size_t index);
  void scan_message(const RecordStore& store, TimelineLane& lane, std::size_t index);
  void add(const RecordStore& store, std::size_t index);
  void list(std::uint32_t session);
  TimelineLane& lane_of(std::uint32_t session);
  void extend(std::int64_t time);
  TickKind kind_of(const RecordStore& store, const Row& row);
  bool shows_all_of(const VisibleRows& rows, std::uint32_t session) const;

  std::deque<TimelineLane> lanes_;  // by session
  std::vector<std::uint32_t> shown_;
  std::vector<std::uint32_t> pings_;  // rows that are no messages
  std::vector<TickKind> kinds_;       // by type; of those looked at
  std::vector<std::uint8_t> colors_;  // by type
  std::uint8_t next_color_ = 0;
  std::size_t scanned_ = 0;  // rows of the store
  std::size_t added_ = 0;    // rows that are shown
  std::size_t pinged_ = 0;   // pings_
  std::uint64_t restarts_ = UINT64_MAX;
  std::int64_t first_ = 0;
  std::int64_t last_ = 0;
  bool is_extended_ = false;
  Density density_;
  std::uint64_t version_ = 0;
};

}  // namespace overhear
