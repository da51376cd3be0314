// What is wrong with a filter, and where: whoever shows it points at the place.
#pragma once

#include <cstddef>
#include <string>

namespace overhear {

struct [[nodiscard]] FilterError {
  std::size_t begin = 0;  // bytes of the filter's text; begin == end where something is missing
  std::size_t end = 0;
  std::string text;     // "there is no field 'protocl'"
  std::string meant{};  // what to write instead, where that can be guessed
};

}  // namespace overhear
