// Standard input as lines that come when they come.
#pragma once

#include <optional>
#include <string>

namespace overhear {

class LineInput {
 public:
  explicit LineInput(int descriptor) : descriptor_(descriptor) {}

  int descriptor() const { return descriptor_; }
  // To be called when there is something to read.
  void receive();
  // The next line, without its end and the spaces around it; a last one need not have an end.
  std::optional<std::string> take();
  // All has been read and taken.
  bool is_over() const { return has_ended_ && received_.empty(); }
  // Whether receive() is worth calling.
  bool wants_more() const { return !has_ended_; }

 private:
  int descriptor_;
  bool has_ended_ = false;
  std::string received_;
};

}  // namespace overhear
