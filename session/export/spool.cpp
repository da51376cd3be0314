#include "session/export/spool.hpp"

namespace overhear {

TextBuffer& Spool::begin_object() {
  if (!is_empty_) text_ += ",\n";
  is_empty_ = false;
  return text_;
}

void Spool::end_object() {
  if (text_.size() < kInMemory) return;
  if (!file_) file_.reset(std::tmpfile());
  has_failed_ |= !file_ || std::fwrite(text_.data(), 1, text_.size(), file_.get()) != text_.size();
  text_.clear();
}

bool Spool::drain(Output& output) {
  if (file_ && !has_failed_) {
    has_failed_ = std::fseek(file_.get(), 0, SEEK_SET) != 0;
    char chunk[1u << 14];
    while (const std::size_t size = std::fread(chunk, 1, sizeof chunk, file_.get())) {
      output.buffer().append(chunk, size);
      output.end_record();
    }
    has_failed_ |= std::ferror(file_.get()) != 0;
  }
  output.buffer() += text_.view();
  output.end_record();
  text_.clear();
  file_.reset();
  return !has_failed_;
}

}  // namespace overhear
