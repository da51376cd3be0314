#include "session/export/text_buffer.hpp"

#include <algorithm>

namespace overhear {

void TextBuffer::grow(std::size_t length) {
  const std::size_t capacity = std::max(2 * capacity_, size_ + length);
  std::unique_ptr<char[]> memory(new char[capacity]);
  std::memcpy(memory.get(), memory_.get(), size_);
  memory_ = std::move(memory);
  capacity_ = capacity;
}

void TextBuffer::shrink(std::size_t capacity) {
  if (size_ > capacity || capacity_ == capacity) return;
  std::unique_ptr<char[]> memory(new char[capacity]);
  std::memcpy(memory.get(), memory_.get(), size_);
  memory_ = std::move(memory);
  capacity_ = capacity;
}

}  // namespace overhear
