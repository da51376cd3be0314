// What every view draws from. Views change the ViewState that they are given beside this, nothing else.
#pragma once

#include "ui/fonts.hpp"
#include "ui/model/document.hpp"
#include "ui/model/marks.hpp"
#include "ui/model/retellings.hpp"
#include "ui/model/session_tree.hpp"
#include "ui/model/visible_rows.hpp"
#include "ui/row_texts.hpp"
#include "ui/view_state.hpp"

namespace overhear {

struct ViewContext {
  const Document& document;
  const VisibleRows& rows;
  SessionTree& tree;   // what is open in it belongs to how it is looked at
  Retellings& retold;  // as with the tree: which room, how wide
  RowTexts& texts;
  Marks& marks;  // as the tree
  Fonts& fonts;
  float scale = 1;
};

}  // namespace overhear
