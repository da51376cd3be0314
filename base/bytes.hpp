// Views of bytes, the only way in which the road passes data on. A view is valid during the call that carries it:
// who needs the bytes longer copies them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace overhear {

using Bytes = std::span<const std::uint8_t>;

// The same bytes, seen as text. Says nothing about their being valid UTF-8.
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace overhear
