// What happened when, a lane for each session: all of it on the strip above, as much of it as is looked at below.
#pragma once

#include <optional>
#include <vector>

#include "ui/model/timeline_index.hpp"
#include "ui/model/timeline_layout.hpp"
#include "ui/views/context.hpp"
#include "ui/views/density_strip.hpp"
#include "ui/views/lane_paint.hpp"
#include "ui/widgets/row_scroll.hpp"

namespace overhear {

class TimelineView {
 public:
  // Another store is shown.
  void restart();
  // Looks at more rows for about so long.
  void advance(const RecordStore& store, const VisibleRows& rows, std::chrono::microseconds budget) {
    index_.advance(store, rows, budget);
  }
  bool is_complete(const RecordStore& store, const VisibleRows& rows) const { return index_.is_complete(store, rows); }

  void draw(const ViewContext& context, ViewState& state);

  // What keys do.
  void show_all() { window_.reset(); }
  void show_end();
  void pan(int steps);
  void zoom(int steps);
  void page(int pages) { scroll_.first += pages * std::max(1.0, page_ - 1); }

  // What is looked at.
  TimeWindow window() const { return window_ ? clamped(*window_, index_.whole()) : index_.whole(); }
  const TimelineIndex& index() const { return index_; }
  // The lanes in sight, as they were drawn last.
  const std::vector<LaneLayout>& layouts() const { return layouts_; }
  const TimeScale& scale() const { return key_.scale; }

 private:
  static constexpr double kZoomStep = 0.8;  // of the window, for a notch of the wheel

  enum class Drag : std::uint8_t { None, Box, Pan };
  struct Frame;
  struct Key {
    TimeScale scale;
    std::size_t first = 0;
    std::size_t count = 0;
    std::uint64_t version = 0;
  };

  void follow(const ViewContext& context, ViewState& state);
  void lay_out_lanes(const ViewContext& context, const Frame& frame);
  void draw_strip(const ViewContext& context, const Frame& frame);
  void draw_axis(const ViewContext& context, const ViewState& state, const Frame& frame) const;
  void draw_lanes(const ViewContext& context, const ViewState& state, const Frame& frame);
  void draw_label(const ViewContext& context, const Frame& frame, std::size_t place) const;
  void draw_chosen(const ViewContext& context, const ViewState& state, const Frame& frame) const;
  void draw_legend(const ViewContext& context, const Frame& frame) const;
  void take_mouse(const ViewContext& context, ViewState& state, const Frame& frame);
  void drag(const ViewContext& context, ViewState& state, const Frame& frame);
  void click(const ViewContext& context, ViewState& state, const Frame& frame);
  void hover(const ViewContext& context, const ViewState& state, const Frame& frame) const;
  const TimelineTick* tick_under(const Frame& frame, ImVec2 at) const;
  std::size_t gap_under(const Frame& frame, ImVec2 at) const;
  void show_tooltip(const ViewContext& context, const ViewState& state, const TimelineTick& tick) const;

  TimelineIndex index_;
  DensityStrip strip_;
  RowScroll scroll_;                  // of lanes
  double page_ = 1;                   // lanes that fit
  std::optional<TimeWindow> window_;  // nothing: all
  std::vector<LaneLayout> layouts_;
  Key key_;
  std::optional<std::size_t> shown_;  // row that was selected
  std::int64_t followed_ = 0;         // the end that was in sight

  Drag drag_ = Drag::None;
  ImVec2 dragged_from_;
  TimeWindow dragged_;  // the window then
  double dragged_first_ = 0;
};

}  // namespace overhear
