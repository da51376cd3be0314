#include "ui/model/capture_statistics.hpp"

#include <algorithm>
#include <cmath>

namespace overhear {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kRowsPerLook = 64;  // between two looks at the clock
constexpr int kShortest = 30;             // 1 µs, in tenths of powers of ten

}  // namespace

void LatencyHistogram::add(std::int64_t ns) {
  const double tenths = 10 * std::log10(static_cast<double>(std::max<std::int64_t>(ns, 1)));
  const int at = std::clamp(static_cast<int>(tenths), kShortest, kMost - 1);
  const bool is_first = last_ == 0;
  first_ = is_first ? at : std::min(first_, at);
  last_ = std::max(last_, at + 1);
  ++counts_[at];
}

std::vector<double> LatencyHistogram::counts() const {
  std::vector<double> counts;
  for (int at = first_; at < last_; ++at) counts.push_back(static_cast<double>(counts_[at]));
  return counts;
}

void CaptureStatistics::restart() {
  looked_at_ = 0;
  numbers_ = Statistics();
  latencies_ = {};
  seen_.clear();
  sessions_ = 0;
  rooms_.clear();
  members_ = 0;
  rooms_over_time_ = {};
  members_over_time_ = {};
}

void CaptureStatistics::advance(const RecordStore& store, const VisibleRows& rows, std::chrono::microseconds budget) {
  const auto end = steady_clock::now() + budget;
  while (looked_at_ < rows.size()) {
    const std::size_t until = std::min(rows.size(), looked_at_ + kRowsPerLook);
    for (; looked_at_ < until; ++looked_at_) {
      store.tell(rows[looked_at_], *this, false);
      const std::uint32_t session = store.row(rows[looked_at_]).session;
      if (session == 0) continue;
      if (seen_.size() <= session) seen_.resize(session + 1);
      if (!seen_[session]) ++sessions_;
      seen_[session] = true;
    }
    if (steady_clock::now() >= end) break;
  }
}

void CaptureStatistics::on_message(const Message& message) {
  numbers_.on_message(message);
  if (message.reply_to) latencies_.add(message.latency_ns);
}

void CaptureStatistics::on_room_event(const RoomEvent& event) {
  if (event.room.empty()) return;
  const std::pair<Endpoint, std::string> room(event.server, event.room);
  if (event.event == "closed") {
    if (const auto found = rooms_.find(room); found != rooms_.end()) {
      members_ -= found->second;
      rooms_.erase(found);
    }
  } else if (event.event == "opened" || event.event == "entered" || event.event == "left" || event.event == "present") {
    std::uint64_t& members = rooms_[room];
    members_ += event.members - members;
    members = event.members;
  } else {
    return;
  }
  rooms_over_time_.set(event.time, rooms_.size());
  members_over_time_.set(event.time, members_);
}

std::vector<const TypeStatistics*> CaptureStatistics::types() const {
  std::vector<const TypeStatistics*> types = numbers_.types();
  std::ranges::stable_sort(types, std::ranges::greater(), &TypeStatistics::messages);
  return types;
}

}  // namespace overhear
