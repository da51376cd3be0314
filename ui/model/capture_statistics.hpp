// The rows that are looked at in numbers, those of session/statistics/, and what plots need beside them: how latencies
// are distributed, and how many rooms and members there were over time. Grows a little at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "session/statistics/statistics.hpp"
#include "ui/model/level_series.hpp"
#include "ui/model/visible_rows.hpp"

namespace overhear {

// How many took how long: ten intervals for each power of ten of nanoseconds, of which the first holds all that is
// shorter.
class LatencyHistogram {
 public:
  void add(std::int64_t ns);
  // Those from first() to before last(); empty where nothing was added.
  std::vector<double> counts() const;
  // In tenths of powers of ten.
  int first() const { return first_; }
  int last() const { return last_; }

 private:
  static constexpr int kMost = 191;  // INT64_MAX is 10^18.96

  std::uint64_t counts_[kMost] = {};
  int first_ = 0;
  int last_ = 0;
};

class CaptureStatistics final : private MessageSink {
 public:
  // Rows, or the store, are other ones from here on.
  void restart();
  // Looks at more of the rows for about so long. REQUIRES: as TranscriptLines::advance().
  void advance(const RecordStore& store, const VisibleRows& rows, std::chrono::microseconds budget);
  bool is_complete(const VisibleRows& rows) const { return looked_at_ == rows.size(); }

  std::size_t looked_at() const { return looked_at_; }

  const Statistics& numbers() const { return numbers_; }
  // Of which there was something.
  std::uint64_t sessions() const { return sessions_; }
  // Those with the most messages first.
  std::vector<const TypeStatistics*> types() const;
  const LatencyHistogram& latencies() const { return latencies_; }
  const LevelSeries& rooms() const { return rooms_over_time_; }
  // Of all rooms; who is in two counts twice.
  const LevelSeries& members() const { return members_over_time_; }

 private:
  void on_message(const Message& message) override;
  void on_finding(const LooseFinding& finding) override { numbers_.on_finding(finding); }
  void on_session_opened(const SessionRecord& session) override { numbers_.on_session_opened(session); }
  void on_session_closed(const SessionRecord& session) override { numbers_.on_session_closed(session); }
  void on_event(const Event& event) override { numbers_.on_event(event); }
  void on_room_event(const RoomEvent& event) override;

  std::size_t looked_at_ = 0;
  Statistics numbers_;
  LatencyHistogram latencies_;
  std::vector<bool> seen_;  // sessions
  std::uint64_t sessions_ = 0;
  std::map<std::pair<Endpoint, std::string>, std::uint64_t> rooms_;  // that are there, with how many are in them
  std::uint64_t members_ = 0;
  LevelSeries rooms_over_time_;
  LevelSeries members_over_time_;
};

}  // namespace overhear
