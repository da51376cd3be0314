// The rows that are shown as a sequence diagram: who said what to whom, one below the other.
#pragma once

#include <map>
#include <vector>

#include "ui/model/ladder_columns.hpp"
#include "ui/views/context.hpp"
#include "ui/widgets/row_scroll.hpp"

namespace overhear {

class LadderView {
 public:
  // Another store is shown.
  void restart();
  void draw(const ViewContext& context, ViewState& state);
  // What keys do: moves the selection by so many rows.
  void move(const ViewContext& context, ViewState& state, std::ptrdiff_t by);
  void move_page(const ViewContext& context, ViewState& state, int pages);

  const LadderColumns& clients() const { return clients_; }

 private:
  struct Frame;

  void choose_columns(const ViewContext& context, Frame& frame);
  std::uint32_t server_of(const RecordStore& store, std::uint32_t session);
  void scroll(const ViewContext& context, ViewState& state, Frame& frame);
  void draw_lines(const Frame& frame) const;
  void draw_headings(const ViewContext& context, const Frame& frame) const;
  void draw_row(const ViewContext& context, const ViewState& state, const Frame& frame, std::size_t place);
  void draw_arrow(const ViewContext& context, const ViewState& state, const Frame& frame, std::size_t index, float y);
  void draw_remark(const ViewContext& context, const ViewState& state, const Frame& frame, std::size_t index, float y);
  void take_mouse(const ViewContext& context, ViewState& state, const Frame& frame) const;

  RowScroll scroll_;
  std::size_t page_ = 1;
  std::size_t previous_size_ = 0;
  std::uint64_t restarts_ = 0;  // of the rows
  LadderColumns clients_;
  LadderColumns servers_;
  std::map<Endpoint, std::uint32_t> server_names_;
  std::vector<Endpoint> server_ends_;  // by name
};

}  // namespace overhear
