// What is written where: the messages that are shown or the one that is selected, as records, as a table, as packets,
// or the view as a picture.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ui/views/context.hpp"

namespace overhear {

class ExportDialog {
 public:
  // Draws nothing where it is not open.
  void draw(const ViewContext& context, ViewState& state);
  void open(const ViewContext& context, ViewState& state);
  void accept(const ViewContext& context, ViewState& state);

 private:
  void choose(ExportKind kind);
  std::string trouble_with(const ViewContext& context) const;

  ExportWish wish_;
  bool will_replace_ = false;  // a file that is there: asked for once more
  bool wants_focus_ = false;
  std::string trouble_;
};

}  // namespace overhear
