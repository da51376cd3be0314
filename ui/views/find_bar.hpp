// The field for a text that is looked for (Ctrl+F), and what came of it.
#pragma once

#include <string>

#include "ui/model/text_search.hpp"
#include "ui/views/context.hpp"

namespace overhear {

class FindBar {
 public:
  // Draws nothing where it is not open.
  void draw(ViewState& state);
  void open(ViewState& state);
  const std::string& text() const { return text_; }

  // What is going on, told in words.
  void tell(TextSearch::State state) { search_ = state; }

 private:
  std::string text_;
  bool wants_focus_ = false;
  TextSearch::State search_ = TextSearch::State::Idle;
};

}  // namespace overhear
