// What was found, the gravest first, with how often and where it is written; opened, the single occurrences. Choosing
// one selects its message.
#pragma once

#include <string>

#include "ui/views/context.hpp"
#include "ui/widgets/row_scroll.hpp"

namespace overhear {

class FindingsView {
 public:
  void draw(const ViewContext& context, ViewState& state);
  // What keys do: moves the chosen line by so many lines, or to an end; opens and closes.
  void move(const ViewContext& context, ViewState& state, std::ptrdiff_t by);
  void move_page(const ViewContext& context, ViewState& state, int pages);
  void fold(const ViewContext& context, bool is_open);
  // Opens or closes what was found; of an occurrence shows its message.
  void accept(const ViewContext& context, ViewState& state);

 private:
  void draw_head(const ViewContext& context);
  void draw_line(const ViewContext& context, ViewState& state, std::size_t number, float width);
  void draw_group(const ViewContext& context, const FindingGroup& group, float width);
  void draw_occurrence(const ViewContext& context, ViewState& state, const FindingGroup& group, std::size_t number,
                       float width);
  void choose(const ViewContext& context, ViewState& state, std::size_t line);

  RowScroll scroll_;
  std::size_t page_ = 1;
  std::size_t line_ = 0;  // that is chosen
};

}  // namespace overhear
