// A message that is a zlib stream of its own (RFC 1950), opened as far as its bytes have come: none is inflated twice.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "dissectors/framing/inflater.hpp"

namespace overhear {

struct ZlibPackage {
  Inflater inflater{Inflater::Format::Zlib};
  std::string text;          // inflated so far
  std::size_t consumed = 0;  // of the compressed bytes
  Inflater::Status status = Inflater::Status::NeedInput;

  // `compressed` begins with the stream's header and is the same as at the call before, possibly longer.
  Inflater::Status advance(std::string_view compressed, std::size_t limit) {
    const Inflater::Result result = inflater.inflate(compressed.substr(consumed), text, limit);
    consumed += result.consumed;
    return status = result.status;
  }
};

inline constexpr char kZlibFirstByte =
    0x78;  // CM 8, CINFO 7: deflate with a window of 32 KB, as every library writes it

// Whether text begins with the header of a zlib stream (RFC 1950, 2.2) without a preset dictionary.
constexpr bool is_zlib_header(std::string_view text) {
  if (text.size() < 2 || text[0] != kZlibFirstByte) return false;
  const auto flags = static_cast<unsigned char>(text[1]);
  return (kZlibFirstByte * 256 + flags) % 31 == 0 && (flags & 0x20) == 0;
}

}  // namespace overhear
