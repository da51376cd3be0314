// The chat as its users saw it: who said what, by room. Choosing a line selects the message that it came from.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ui/views/context.hpp"
#include "ui/widgets/row_scroll.hpp"

namespace overhear {

class TranscriptView {
 public:
  void draw(const ViewContext& context, ViewState& state);
  // What keys do: moves the selection by so many lines, or to an end.
  void move(const ViewContext& context, ViewState& state, std::ptrdiff_t by);
  void move_page(const ViewContext& context, ViewState& state, int pages);
  // To the room behind the one that is chosen, or before it.
  void next_room(const ViewContext& context, bool is_forward);

 private:
  // From the left edge of the lines.
  struct Columns {
    float room = 0;  // no wider than 0: all are of one
    float author = 0;
    float text = 0;
    float end = 0;
  };

  void draw_rooms(const ViewContext& context, ViewState& state);
  void draw_room(const ViewContext& context, ViewState& state, std::size_t number, float width);
  void draw_lines(const ViewContext& context, ViewState& state);
  void draw_part(const ViewContext& context, ViewState& state, const TranscriptLayout::Place& place,
                 const Columns& columns);
  void scroll(const ViewContext& context, ViewState& state);
  void select(const ViewContext& context, ViewState& state, std::size_t line);

  float rooms_width_ = 150;  // before the display's scale
  RowScroll rooms_;
  RowScroll lines_;
  std::size_t page_ = 1;           // whole lines in sight
  std::size_t cursor_ = SIZE_MAX;  // line of the transcript that was chosen, where several are of one message
  std::size_t top_ = 0;            // line of the transcript at the top
  bool must_keep_top_ = false;
  bool must_show_ = false;
  std::uint64_t version_ = 0;  // of the layout
  std::size_t previous_size_ = 0;
  std::string silence_;  // why nobody is heard
  std::pair<std::uint64_t, bool> silence_of_ = {};
  std::vector<std::pair<std::size_t, std::size_t>> parts_;  // of the text that is drawn
  std::size_t parts_of_ = SIZE_MAX;
};

}  // namespace overhear
