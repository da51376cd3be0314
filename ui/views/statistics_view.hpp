// What is looked at in numbers: how much over time, how fast answered, who was where, and the types with their
// latencies.
#pragma once

#include <vector>

#include "ui/views/context.hpp"
#include "ui/widgets/plot.hpp"
#include "ui/widgets/row_scroll.hpp"

namespace overhear {

class StatisticsView {
 public:
  void draw(const ViewContext& context, ViewState& state);
  // What keys do: moves the list of types.
  void move(std::ptrdiff_t lines) { scroll_.first += static_cast<double>(lines); }  // kept in bounds when drawn
  void move_page(int pages) { scroll_.first += pages * page_; }

 private:
  // Made anew when the numbers are others.
  struct Plots {
    Plot messages;
    Plot bytes;
    Plot latencies;
    Plot rooms;
  };

  void make_plots(const CaptureStatistics& statistics);
  void draw_plots(const ViewContext& context, ViewState& state);
  void draw_types(const ViewContext& context);

  Plots plots_;
  std::vector<const TypeStatistics*> types_;
  std::uint64_t looked_at_ = UINT64_MAX;  // rows, when those were made
  std::uint64_t beginnings_ = 0;
  ImVec4 color_ = {};  // the theme's, when those were made
  RowScroll scroll_;
  double page_ = 1;
};

}  // namespace overhear
