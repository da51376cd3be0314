// What the first bytes of a bare stream say about how its messages are framed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace overhear {

enum class FirstBytes : std::uint8_t {
  Json,          // a JSON object, behind white space or a byte order mark
  Zlib,          // a zlib stream
  LengthPrefix,  // a big-endian length and then an object
  Unknown,
};

// White space in front of a message tells nothing, but more of it than this is none.
inline constexpr std::size_t kMostBlank = 4096;

// nullopt: the bytes that are here are too few to tell.
std::optional<FirstBytes> framing_of(std::string_view text);

}  // namespace overhear
