#include "bench/generator/conversation.hpp"

namespace overhear::bench {

std::string& Script::add(std::size_t member, Party from, LineKind kind) {
  if (size_ == lines_.size()) lines_.emplace_back();
  Line& line = lines_[size_++];
  line.member = member;
  line.from = from;
  line.kind = kind;
  line.text.clear();
  return line.text;
}

void Script::add_all(std::size_t members, Party from, std::string_view text) {
  for (std::size_t member = 0; member < members; ++member) add(member, from) += text;
}

void Script::pop() {
  if (++next_ < size_) return;
  next_ = 0;
  size_ = 0;
}

}  // namespace overhear::bench
