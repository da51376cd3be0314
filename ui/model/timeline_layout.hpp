// Where what happened in a session stands in its lane of a timeline: ticks, of which those that fall on one pixel are
// one, arcs from requests to their answers, and what lies behind both. Pure; x in pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "ui/model/timeline_index.hpp"

namespace overhear {

struct TimelineTick {
  float x = 0;
  std::uint32_t count = 1;  // of rows that it stands for
  TimelineEntry entry;      // the gravest of them; of equal ones the first that is no heartbeat
};

// From the request to its answer.
struct TimelineArc {
  float from = 0;
  float to = 0;
  std::size_t request = 0;  // rows
  std::size_t answer = 0;
  TickSide side = TickSide::Client;  // whose request
};

struct TimelineStretch {
  float from = 0;
  float to = 0;
};

struct TimelineMark {
  float x = 0;
  std::size_t row = 0;
};

struct LaneLayout {
  std::vector<TimelineTick> ticks;  // by x
  std::vector<TimelineArc> arcs;    // of those that are apart far enough
  std::vector<TimelineStretch> negotiations;
  std::vector<TimelineMark> gaps;
  TimelineStretch life;    // as far as it is in the window
  bool has_begin = false;  // the session's begin is in the window
  bool has_end = false;    // it ended there
};

// `session`: null: of none. Arcs shorter than `least_arc` are left out.
LaneLayout lay_out(const TimelineLane& lane, const SessionSummary* session, const RecordStore& store,
                   const TimeScale& scale, float least_arc);

// The tick next to x, not farther than `reach`; of equally near ones rather one of that side. Null: there is none.
const TimelineTick* tick_at(const LaneLayout& layout, float x, float reach, TickSide side);

// The arcs of a message: to its request, or to its answers. Looks at so many rows of the lane at most.
std::vector<TimelineArc> arcs_of(const TimelineLane& lane, const RecordStore& store, const TimeScale& scale,
                                 std::size_t row);

}  // namespace overhear
