// The list of messages (and, where that is chosen, of all that happened), a line each.
#pragma once

#include "ui/views/context.hpp"
#include "ui/widgets/row_scroll.hpp"

namespace overhear {

class MessageTable {
 public:
  void draw(const ViewContext& context, ViewState& state);
  // What keys do: moves the selection by so many rows.
  void move(const ViewContext& context, ViewState& state, std::ptrdiff_t by);
  void move_page(const ViewContext& context, ViewState& state, int pages);
  // When a row was, as the user wants times told.
  static std::string time_text(const ViewContext& context, const ViewState& state, std::size_t place);

 private:
  struct Cells;

  void draw_rows(const ViewContext& context, ViewState& state, std::size_t begin, std::size_t end);
  void draw_row(const ViewContext& context, ViewState& state, std::size_t place);
  void take_sort(ViewState& state) const;

  RowScroll scroll_;
  std::size_t page_ = 1;  // whole rows in sight
  std::size_t previous_size_ = 0;
};

}  // namespace overhear
