// Bytes in hex and ASCII, sixteen a line, with a range marked and others hidden.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "ui/fonts.hpp"
#include "ui/model/message_detail.hpp"
#include "ui/widgets/row_scroll.hpp"

namespace overhear {

class HexView {
 public:
  // Gives the byte that was clicked.
  std::optional<std::size_t> draw(Fonts& fonts, std::string_view bytes, ByteRange marked,
                                  const std::vector<ByteRange>& hidden);
  // Scrolls there.
  void show(std::size_t offset) { must_show_ = offset; }

 private:
  RowScroll scroll_;
  std::optional<std::size_t> must_show_;
};

}  // namespace overhear
