#include "dissectors/framing/prefix_search.hpp"

#include <algorithm>

namespace overhear {

std::uint32_t read_length_prefix(std::string_view bytes) {
  const auto at = [bytes](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])); };
  return at(0) << 24 | at(1) << 16 | at(2) << 8 | at(3);
}

void append_length_prefix(std::uint32_t length, std::string& out) {
  for (unsigned i = kLengthPrefixBytes; i-- > 0;) out += static_cast<char>(length >> 8 * i);
}

PrefixSearch::Found PrefixSearch::advance(std::string_view text, bool is_final, std::size_t end) {
  end = std::min(end, text.size());
  for (;;) {
    at_ = std::min(text.substr(0, end).find('\0', at_), end);
    if (at_ == end) return Found::Nothing;
    const Found found = judge(text.substr(at_));
    if (found == Found::Message || (found == Found::NeedMore && !is_final)) return found;
    object_.reset();
    ++at_;
  }
}

PrefixSearch::Found PrefixSearch::judge(std::string_view text) {
  if (text.size() <= kLengthPrefixBytes) return Found::NeedMore;
  const std::size_t length = read_length_prefix(text);
  if (length > limits_.message_bytes || text[kLengthPrefixBytes] != '{') return Found::Nothing;
  if (!object_) object_.emplace(limits_);
  const auto status = object_->scan(text.substr(kLengthPrefixBytes, length));
  const bool is_all = text.size() - kLengthPrefixBytes >= length;
  if (status == JsonProgress::Status::NeedMore) return is_all ? Found::Nothing : Found::NeedMore;
  return status == JsonProgress::Status::Whole && object_->length() == length ? Found::Message : Found::Nothing;
}

}  // namespace overhear
