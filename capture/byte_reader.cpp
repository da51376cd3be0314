#include "capture/byte_reader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace overhear {

namespace {

Error input_error(std::string message) {
  return {ErrorKind::Input, std::move(message)};
}

}  // namespace

std::expected<ByteReader, Error> ByteReader::open(const std::string& path, WaitForMore wait_for_more) {
  const bool is_stdin = path == "-";
  std::string name = is_stdin ? "standard input" : path;
  const int descriptor = is_stdin ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return std::unexpected(input_error(fmt::format("cannot open {}: {}", name, std::strerror(errno))));
  ByteReader reader(descriptor, std::move(name));

  struct stat status{};
  if (::fstat(descriptor, &status) != 0) {
    return std::unexpected(input_error(fmt::format("cannot open {}: {}", reader.name_, std::strerror(errno))));
  }
  if (S_ISDIR(status.st_mode)) {
    return std::unexpected(input_error(fmt::format("{} is a directory, not a capture file", reader.name_)));
  }
  if (S_ISREG(status.st_mode)) {
    if (!wait_for_more) reader.size_ = static_cast<std::uint64_t>(status.st_size);
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  reader.wait_for_more_ = std::move(wait_for_more);
  return reader;
}

ByteReader::ByteReader(int descriptor, std::string name)
    : descriptor_(descriptor), name_(std::move(name)), buffer_(std::make_unique<std::uint8_t[]>(kWindow + kSpare)) {}

ByteReader::ByteReader(ByteReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      name_(std::move(other.name_)),
      wait_for_more_(std::move(other.wait_for_more_)),
      on_expiry_(std::move(other.on_expiry_)),
      is_ended_(other.is_ended_),
      size_(other.size_),
      read_(other.read_),
      capacity_(other.capacity_),
      buffer_(std::move(other.buffer_)),
      begin_(std::exchange(other.begin_, 0)),
      end_(std::exchange(other.end_, 0)),
      error_(std::move(other.error_)) {}

ByteReader::~ByteReader() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

void ByteReader::widen(std::size_t capacity) {
  if (capacity <= capacity_) return;
  if (on_expiry_) on_expiry_();
  move_to(capacity);
}

void ByteReader::move_to(std::size_t capacity) {
  auto larger = std::make_unique<std::uint8_t[]>(capacity + kSpare);
  std::memcpy(larger.get(), data(), available());
  end_ = available();
  begin_ = 0;
  buffer_ = std::move(larger);
  capacity_ = capacity;
}

// Waiting for more is in vain where the one who writes has begun anew.
std::optional<Error> ByteReader::what_happened_to_the_file() const {
  struct stat mine{};
  if (::fstat(descriptor_, &mine) != 0 || !S_ISREG(mine.st_mode)) return std::nullopt;
  if (static_cast<std::uint64_t>(mine.st_size) < read_) {
    return input_error(fmt::format("{} was begun anew; what it holds now has not been read", name_));
  }
  struct stat named{};
  if (::stat(name_.c_str(), &named) != 0 || (named.st_ino == mine.st_ino && named.st_dev == mine.st_dev)) {
    return std::nullopt;
  }
  return input_error(fmt::format("{} is another file now, which has not been read", name_));
}

bool ByteReader::fill(std::size_t count) {
  if (is_ended_) return false;
  if (on_expiry_) on_expiry_();
  if (count > capacity_) {
    // Twice what is wanted: then what is moved to the front is never more than what was read since the last time, and
    // input that asks for large records over and over stays linear.
    move_to(2 * count);
  } else if (begin_ > capacity_ / 2 || begin_ + count > capacity_) {
    std::memmove(buffer_.get(), data(), available());
    end_ = available();
    begin_ = 0;
  }
  while (available() < count) {
    const ::ssize_t got = ::read(descriptor_, buffer_.get() + end_, capacity_ - end_);
    if (got < 0 && errno == EINTR) continue;
    if (got == 0 && wait_for_more_) {
      error_ = what_happened_to_the_file();
      if (!error_ && wait_for_more_()) continue;
    }
    if (got <= 0) {
      is_ended_ = true;
      if (got < 0) error_ = input_error(fmt::format("cannot read {} any further: {}", name_, std::strerror(errno)));
      return false;
    }
    end_ += static_cast<std::size_t>(got);
    read_ += static_cast<std::uint64_t>(got);
  }
  return true;
}

}  // namespace overhear
