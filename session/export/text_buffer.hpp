// A growing piece of text that exporters write to. Like std::string, but appending a few bytes is inlined down to a
// copy: a record is some fifty of those.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace overhear {

class TextBuffer {
 public:
  using value_type = char;  // for std::back_inserter

  explicit TextBuffer(std::size_t capacity = 256) : memory_(new char[capacity]), capacity_(capacity) {}

  std::string_view view() const { return {memory_.get(), size_}; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  char back() const { return memory_[size_ - 1]; }
  char* end() { return memory_.get() + size_; }
  char* data() { return memory_.get(); }

  void clear() { size_ = 0; }
  void pop_back() { --size_; }

  void append(const char* bytes, std::size_t length) {
    if (length == 0) return;
    std::memcpy(extend(length), bytes, length);
  }
  void append(std::string_view text) { append(text.data(), text.size()); }
  void append(std::size_t count, char c) {
    if (count > 0) std::memset(extend(count), c, count);
  }
  void push_back(char c) { *extend(1) = c; }
  TextBuffer& operator+=(std::string_view text) {
    append(text);
    return *this;
  }
  TextBuffer& operator+=(char c) {
    push_back(c);
    return *this;
  }
  // A literal's length is known when this is compiled, so the copy is a few moves.
  template <std::size_t kSize>
  TextBuffer& operator+=(const char (&literal)[kSize]) {
    std::memcpy(extend(kSize - 1), literal, kSize - 1);
    return *this;
  }

  // Makes the text longer and gives the place of the new bytes, which the caller writes.
  char* extend(std::size_t length) {
    if (capacity_ - size_ < length) grow(length);
    char* const place = memory_.get() + size_;
    size_ += length;
    return place;
  }
  // For who writes at most so many bytes and knows how many only then: the place, and the new end.
  char* room(std::size_t length) {
    if (capacity_ - size_ < length) grow(length);
    return memory_.get() + size_;
  }
  void end_at(const char* end) { size_ = static_cast<std::size_t>(end - memory_.get()); }
  // Gives back what a large record took.
  void shrink(std::size_t capacity);

 private:
  void grow(std::size_t length);

  std::unique_ptr<char[]> memory_;
  std::size_t capacity_;
  std::size_t size_ = 0;
};

}  // namespace overhear
