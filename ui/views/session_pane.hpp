// Who talked to whom: protocols, servers and sessions as a tree. Choosing a line narrows everything else to it.
#pragma once

#include "ui/views/context.hpp"
#include "ui/widgets/row_scroll.hpp"

namespace overhear {

class SessionPane {
 public:
  void draw(const ViewContext& context, ViewState& state);
  // What keys do. Down, up, to an end; closing and opening.
  void move(const ViewContext& context, ViewState& state, std::ptrdiff_t by);
  void fold(const ViewContext& context, ViewState& state, bool is_open);

 private:
  void draw_line(const ViewContext& context, ViewState& state, std::size_t number, float width);
  void draw_all(const ViewContext& context, ViewState& state, float width);

  RowScroll scroll_;
};

}  // namespace overhear
