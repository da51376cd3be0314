// Bytes in hex and ASCII, sixteen a line, with a range marked and others hidden.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ui/fonts.hpp"
#include "ui/widgets/row_scroll.hpp"

namespace overhear {

// Offsets; the end is behind the last byte.
using ByteRange = std::pair<std::size_t, std::size_t>;

// A line of such a dump: "0010  48 65 …  He…". `hidden`: shown as dots.
std::string hex_line(std::string_view bytes, std::size_t line, const std::vector<ByteRange>& hidden);

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
