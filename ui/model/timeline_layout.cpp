#include "ui/model/timeline_layout.hpp"

#include <algorithm>
#include <cmath>

namespace overhear {
namespace {

constexpr std::size_t kMostArcs = 400;       // of a lane
constexpr std::size_t kMostLooks = 100'000;  // rows behind a request, for its answers

struct ByTime {
  bool operator()(const TimelineEntry& entry, std::int64_t time) const { return entry.time < time; }
};

bool is_better(const TimelineEntry& entry, const TimelineEntry& than) {
  if (entry.gravity != than.gravity) return entry.gravity > than.gravity;
  return than.kind == TickKind::Heartbeat && entry.kind != TickKind::Heartbeat;
}

void add_tick(LaneLayout& layout, std::size_t (&open)[3], const TimelineEntry& entry, float x) {
  std::size_t& last = open[static_cast<std::size_t>(entry.side)];
  if (last != SIZE_MAX && x - layout.ticks[last].x < 1) {
    TimelineTick& tick = layout.ticks[last];
    ++tick.count;
    if (is_better(entry, tick.entry)) tick.entry = entry;
    return;
  }
  last = layout.ticks.size();
  layout.ticks.push_back({.x = x, .entry = entry});
}

void add_stretch(std::vector<TimelineStretch>& to, const TimeScale& scale, const TimeWindow& time) {
  if (time.end < scale.window.begin || time.begin > scale.window.end) return;
  const float from = scale.x_of(std::max(time.begin, scale.window.begin));
  const float until = scale.x_of(std::min(time.end, scale.window.end));
  if (!to.empty() && from - to.back().to < 1) {
    to.back().to = std::max(to.back().to, until);
  } else {
    to.push_back({from, until});
  }
}

std::optional<TimelineArc> arc_to(const TimelineLane& lane, const RecordStore& store, const TimeScale& scale,
                                  std::size_t answer) {
  const Row& row = store.row(answer);
  if (row.kind != RecordKind::Message || !row.is_answer) return std::nullopt;
  const std::size_t request = lane.row_of(row.reply_to);
  if (request == SIZE_MAX) return std::nullopt;
  return TimelineArc{.from = scale.x_of(bounded(store.row(request).time.ns)),
                     .to = scale.x_of(bounded(row.time.ns)),
                     .request = request,
                     .answer = answer,
                     .side = row.direction == Direction::Client ? TickSide::Server : TickSide::Client};
}

// Where more ticks are merged than apart, arcs between them would say nothing.
void add_arcs(LaneLayout& layout, const TimelineLane& lane, const RecordStore& store, const TimeScale& scale,
              float least) {
  for (const TimelineTick& tick : layout.ticks) {
    if (layout.arcs.size() == kMostArcs) return;
    if (tick.count > 1) continue;
    const auto arc = arc_to(lane, store, scale, tick.entry.row);
    if (arc && arc->to - arc->from >= least) layout.arcs.push_back(*arc);
  }
}

void add_life(LaneLayout& layout, const TimelineLane& lane, const SessionSummary* session, const TimeScale& scale) {
  const auto& entries = lane.entries();
  std::int64_t begin = entries.empty() ? scale.window.begin : entries.front().time;
  std::int64_t end = entries.empty() ? scale.window.begin : entries.back().time;
  const bool is_known = session != nullptr && session->opened != Timestamp{};
  if (is_known) begin = entries.empty() ? bounded(session->opened.ns) : std::min(begin, bounded(session->opened.ns));
  if (session != nullptr) end = std::max(end, bounded(session->last.ns));
  const bool is_ended = session != nullptr && session->is_closed && session->reason != "end of capture";
  layout.has_begin = is_known && begin >= scale.window.begin && begin <= scale.window.end;
  layout.has_end = is_ended && end >= scale.window.begin && end <= scale.window.end;
  std::vector<TimelineStretch> life;
  add_stretch(life, scale, {begin, end});
  if (!life.empty()) layout.life = life.front();
}

}  // namespace

LaneLayout lay_out(const TimelineLane& lane, const SessionSummary* session, const RecordStore& store,
                   const TimeScale& scale, float least_arc) {
  LaneLayout layout;
  const auto& entries = lane.entries();
  std::size_t open[3] = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
  for (auto entry = std::lower_bound(entries.begin(), entries.end(), scale.window.begin, ByTime());
       entry != entries.end() && entry->time <= scale.window.end; ++entry) {
    add_tick(layout, open, *entry, scale.x_of(entry->time));
  }
  add_arcs(layout, lane, store, scale, least_arc);
  for (const TimeWindow& time : lane.negotiations()) add_stretch(layout.negotiations, scale, time);
  for (const TimelineGap& gap : lane.gaps()) {
    if (gap.time < scale.window.begin || gap.time > scale.window.end) continue;
    const float x = scale.x_of(gap.time);
    if (layout.gaps.empty() || x - layout.gaps.back().x >= 1) layout.gaps.push_back({x, gap.row});
  }
  add_life(layout, lane, session, scale);
  return layout;
}

const TimelineTick* tick_at(const LaneLayout& layout, float x, float reach, TickSide side) {
  const TimelineTick* best = nullptr;
  const auto first = std::ranges::lower_bound(layout.ticks, x - reach, {}, &TimelineTick::x);
  for (auto tick = first; tick != layout.ticks.end() && tick->x <= x + reach; ++tick) {
    const float distance = std::abs(tick->x - x);
    if (best == nullptr) {
      best = &*tick;
      continue;
    }
    const float nearest = std::abs(best->x - x);
    const bool is_as_near = std::abs(distance - nearest) < 1;
    if (is_as_near ? tick->entry.side == side && best->entry.side != side : distance < nearest) best = &*tick;
  }
  return best;
}

std::vector<TimelineArc> arcs_of(const TimelineLane& lane, const RecordStore& store, const TimeScale& scale,
                                 std::size_t row) {
  std::vector<TimelineArc> arcs;
  const Row& chosen = store.row(row);
  if (chosen.kind != RecordKind::Message) return arcs;
  if (auto arc = arc_to(lane, store, scale, row)) arcs.push_back(*arc);
  const auto& entries = lane.entries();
  auto entry = std::lower_bound(entries.begin(), entries.end(), bounded(chosen.time.ns), ByTime());
  for (std::size_t looks = 0; entry != entries.end() && looks < kMostLooks && arcs.size() < kMostArcs;
       ++entry, ++looks) {
    const Row& other = store.row(entry->row);
    if (other.kind != RecordKind::Message || !other.is_answer || other.reply_to != chosen.number) continue;
    if (auto arc = arc_to(lane, store, scale, entry->row)) arcs.push_back(*arc);
  }
  return arcs;
}

}  // namespace overhear
