#include "proxy/parcel.hpp"

namespace overhear {

void flip(std::string& bytes, const std::vector<std::uint64_t>& bits) {
  if (bytes.empty()) return;
  for (const std::uint64_t bit : bits) {
    char& byte = bytes[bit / 8 % bytes.size()];
    byte = static_cast<char>(byte ^ (1 << (bit % 8)));
  }
}

}  // namespace overhear
