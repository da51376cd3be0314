#include "cli/text_line.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include "cli/ascii_text.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {

TextLine::TextLine(Output& output, std::size_t width, bool with_color, bool is_ascii)
    : output_(output), width_(width), with_color_(with_color), is_ascii_(is_ascii) {}

std::size_t TextLine::room_left() const {
  return width_ == 0 ? SIZE_MAX : width_ - std::min(used_, width_);
}

void TextLine::put(std::string_view text, std::string_view color) {
  const bool with_color = with_color_ && !color.empty();
  if (with_color) output_.buffer() += color;
  if (width_ == 0) {
    write(text);
  } else {
    write(fit(text, room_left()));
  }
  if (with_color) output_.buffer() += color::kReset;
}

void TextLine::write(std::string_view shown) {
  if (is_ascii_) {
    output_.buffer() += to_ascii(shown);
  } else {
    output_.buffer() += shown;
  }
  used_ += columns(shown);
}

void TextLine::put_column(std::size_t width, std::string_view text, std::string_view color) {
  const std::size_t start = used_;
  put(text, color);
  const std::size_t took = used_ - start;
  put(std::string(width > took ? width - took + 1 : 1, ' '));
}

void TextLine::end() {
  TextBuffer& out = output_.buffer();
  while (!out.empty() && out.back() == ' ') out.pop_back();
  out += '\n';
  used_ = 0;
  output_.end_record();
}

}  // namespace overhear
