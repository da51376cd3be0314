#include "base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace overhear {

bool is_utf8(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p != end) {
    if (end - p >= 8) {
      std::uint64_t block = 0;
      std::memcpy(&block, p, 8);
      if ((block & 0x8080808080808080u) == 0) {
        p += 8;
        continue;
      }
    }
    const unsigned length = utf8_length(p, end);
    if (length == 0) return false;
    p += length;
  }
  return true;
}

}  // namespace overhear
