// Where an exporter writes to: a file descriptor behind a buffer that is reused. The first failure is kept and
// everything after it is dropped, so that the hot path needs no checks.
#pragma once

#include <cstddef>

#include "session/export/text_buffer.hpp"

namespace overhear {

class Output {
 public:
  // Borrows the descriptor.
  explicit Output(int descriptor);

  // What is appended here goes out with flush() or by itself when it is much.
  TextBuffer& buffer() { return buffer_; }
  // To be called after each record.
  void end_record() {
    if (buffer_.size() >= kFlushAt) flush();
  }
  void flush();
  bool is_empty() const { return buffer_.empty(); }

  // errno of the first failure; 0 while all is well.
  int error() const { return error_; }

 private:
  static constexpr std::size_t kFlushAt = 64u << 10;
  static constexpr std::size_t kCapacity = 80u << 10;

  int descriptor_;
  int error_ = 0;
  TextBuffer buffer_;
};

}  // namespace overhear
