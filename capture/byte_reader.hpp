// A file or a pipe as a window of bytes that slides forward. One code path for both; the window grows only for a record
// that is larger than it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/prefetch.hpp"

namespace overhear {

class ByteReader {
 public:
  // Readable (not meaningful) bytes behind everything that data() shows.
  static constexpr std::size_t kSpare = 64;
  static constexpr std::size_t kWindow = 256u << 10;
  static constexpr std::size_t kFetched = 256;  // a record's headers and the beginning of what it carries

  // Asked at the end of what is there: true to look for more, which who answers has waited for.
  using WaitForMore = std::function<bool()>;

  // "-" is standard input. A directory and what cannot be opened are errors that name the path.
  static std::expected<ByteReader, Error> open(const std::string& path, WaitForMore wait_for_more = {});

  ByteReader(ByteReader&& other) noexcept;
  ByteReader& operator=(ByteReader&&) = delete;
  ~ByteReader();

  // Makes at least `count` bytes available, unless the input ends (or fails) before. Invalidates views.
  bool require(std::size_t count) { return available() >= count || fill(count); }
  // Gets told before require() or widen() moves the window, so that views can still be used till then; also before it
  // waits.
  void on_expiry(std::function<void()> handler) { on_expiry_ = std::move(handler); }
  // Lets later calls of require() read so far ahead in one go.
  void widen(std::size_t capacity);

  const std::uint8_t* data() const { return buffer_.get() + begin_; }
  std::size_t available() const { return end_ - begin_; }
  Bytes view() const { return {data(), available()}; }
  // REQUIRES: count <= available(). Views stay valid until the next require(). What comes next is fetched into the
  // processor's cache meanwhile: the kernel's copy has left it outside.
  void skip(std::size_t count) {
    begin_ += count;
    prefetch(data(), kFetched);
  }

  // Of data() in the input.
  std::uint64_t position() const { return read_ - available(); }
  // Of a regular file that is complete; 0 for anything else.
  std::uint64_t size() const { return size_; }
  const std::string& name() const { return name_; }
  // What went wrong while reading. Set once, then the input has ended.
  const std::optional<Error>& error() const { return error_; }

 private:
  ByteReader(int descriptor, std::string name);

  bool fill(std::size_t count);
  void move_to(std::size_t capacity);
  std::optional<Error> what_happened_to_the_file() const;

  int descriptor_;
  std::string name_;  // fit to be printed
  WaitForMore wait_for_more_;
  std::function<void()> on_expiry_;
  bool is_ended_ = false;
  std::uint64_t size_ = 0;
  std::uint64_t read_ = 0;
  std::size_t capacity_ = kWindow;
  std::unique_ptr<std::uint8_t[]> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::optional<Error> error_;
};

}  // namespace overhear
