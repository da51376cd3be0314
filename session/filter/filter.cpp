#include "session/filter/filter.hpp"

#include "session/filter/filter_parser.hpp"

namespace overhear {

std::expected<Filter, FilterError> Filter::compile(std::string_view text) {
  if (text.size() > kMaxFilterBytes) {
    return std::unexpected(FilterError{kMaxFilterBytes, text.size(), "a filter has 16384 bytes at most"});
  }
  auto program = FilterParser(text).parse();
  if (!program) return std::unexpected(program.error());
  return Filter(std::move(*program));
}

}  // namespace overhear
