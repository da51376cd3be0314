// A line of the timeline as it grows: text in columns and colors, cut at the width of the terminal.
#pragma once

#include <cstddef>
#include <string_view>

#include "session/export/output.hpp"

namespace overhear {

namespace color {
inline constexpr std::string_view kReset = "\x1b[0m";
inline constexpr std::string_view kFaint = "\x1b[2m";
inline constexpr std::string_view kBold = "\x1b[1m";
inline constexpr std::string_view kRed = "\x1b[31m";
inline constexpr std::string_view kGreen = "\x1b[32m";
inline constexpr std::string_view kYellow = "\x1b[33m";
inline constexpr std::string_view kBlue = "\x1b[34m";
}  // namespace color

class TextLine {
 public:
  // Lines are cut to `width` columns; 0: never. `is_ascii`: nothing else may be written.
  TextLine(Output& output, std::size_t width, bool with_color, bool is_ascii);

  // REQUIRES: made printable.
  void put(std::string_view text, std::string_view color = {});
  // In a column, with a space behind it; what is longer pushes the rest of the line to the right rather than being cut.
  void put_column(std::size_t width, std::string_view text, std::string_view color = {});
  // The line is whole, without the spaces at its end; what comes next is on a new one.
  void end();

  std::size_t room_left() const;

 private:
  void write(std::string_view shown);

  Output& output_;
  std::size_t width_;
  bool with_color_;
  bool is_ascii_;
  std::size_t used_ = 0;  // columns
};

}  // namespace overhear
