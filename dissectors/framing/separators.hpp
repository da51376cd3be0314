// What stands between the messages of one direction: white space, which is taken off without a word, and NULs, which
// some peers put behind each message. They are taken off too, and told of once.
#pragma once

#include <cstddef>
#include <string_view>

#include "dissectors/json/json_rules.hpp"
#include "dissectors/layer.hpp"

namespace overhear {

class Separators {
 public:
  Separators(LayerContext& context, Direction direction) : context_(context), direction_(direction) {}

  // `passed` was taken for space between messages, in clear or behind an encryption.
  void tell(std::string_view passed) {
    if (has_told_ || !passed.contains('\0')) return;
    has_told_ = true;
    Finding finding{.rule = &json_rules::kNul, .spec = {}, .text = {}, .field = {}, .bytes = {}};
    context_.sink.on_finding(direction_, finding);
  }
  // Takes the first bytes off the stream.
  void consume(std::size_t length) {
    StreamBuffer& in = context_.streams[direction_];
    tell(in.view().substr(0, length));
    in.consume(length);
  }

 private:
  LayerContext& context_;
  Direction direction_;
  bool has_told_ = false;
};

}  // namespace overhear
