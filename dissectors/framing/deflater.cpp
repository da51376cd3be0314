#include "dissectors/framing/deflater.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <new>

namespace overhear {
namespace {

constexpr std::size_t kRoom = 16 * 1024;             // for what comes out, a step
constexpr std::size_t kMost = std::size_t{1} << 30;  // of what goes in, a step: zlib counts in 32 bits
constexpr int kMemoryLevel = 8;                      // zlib's default
constexpr std::size_t kTailBytes = 4;                // 00 00 ff ff

class Deflater {
 public:
  Deflater(int level, int window_bits, int strategy) {
    if (deflateInit2(&stream_, level, Z_DEFLATED, window_bits, kMemoryLevel, strategy) != Z_OK) throw std::bad_alloc();
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  // `flush` is what ends the text.
  void append(std::string_view text, int flush, std::string& out) {
    do {
      const std::string_view part = text.substr(0, kMost);
      text.remove_prefix(part.size());
      append_part(part, text.empty() ? flush : Z_NO_FLUSH, out);
    } while (!text.empty());
  }

 private:
  void append_part(std::string_view part, int flush, std::string& out) {
    // zlib reads only, its type predates const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));
    stream_.avail_in = static_cast<uInt>(part.size());
    do {
      const std::size_t had = out.size();
      out.resize(had + std::max(kRoom, static_cast<std::size_t>(stream_.avail_in) / 2));
      const std::size_t room = out.size() - had;
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + had);
      stream_.avail_out = static_cast<uInt>(room);
      ::deflate(&stream_, flush);
      out.resize(had + room - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

  z_stream stream_{};
};

}  // namespace

void append_zlib_package(std::string_view text, std::string& out) {
  Deflater(Z_DEFAULT_COMPRESSION, MAX_WBITS, Z_DEFAULT_STRATEGY).append(text, Z_FINISH, out);
}

void append_deflated_message(std::string_view text, std::string& out) {
  Deflater(Z_DEFAULT_COMPRESSION, -MAX_WBITS, Z_HUFFMAN_ONLY).append(text, Z_SYNC_FLUSH, out);
  out.resize(out.size() - kTailBytes);
}

}  // namespace overhear
