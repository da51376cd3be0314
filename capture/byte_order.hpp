// Integers as they lie in packets (network order) and in capture files (the writer's order, told by its magic number).
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace overhear {

inline std::uint16_t load_be16(const std::uint8_t* at) {
  return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}

inline std::uint32_t load_be32(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}

class ByteOrder {
 public:
  constexpr explicit ByteOrder(std::endian order = std::endian::native) : is_swapped_(order != std::endian::native) {}

  std::uint16_t u16(const std::uint8_t* at) const {
    std::uint16_t value;
    std::memcpy(&value, at, sizeof value);
    return is_swapped_ ? std::byteswap(value) : value;
  }
  std::uint32_t u32(const std::uint8_t* at) const {
    std::uint32_t value;
    std::memcpy(&value, at, sizeof value);
    return is_swapped_ ? std::byteswap(value) : value;
  }
  std::uint64_t u64(const std::uint8_t* at) const {
    std::uint64_t value;
    std::memcpy(&value, at, sizeof value);
    return is_swapped_ ? std::byteswap(value) : value;
  }

 private:
  bool is_swapped_;
};

inline constexpr ByteOrder kLittleEndian{std::endian::little};
inline constexpr ByteOrder kBigEndian{std::endian::big};

}  // namespace overhear
