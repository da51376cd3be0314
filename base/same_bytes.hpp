// Whether two texts are the same, for names and values that mostly are and are short: there a call of memcmp costs more
// than what it compares. Eight bytes at a time, in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace overhear {
namespace same_bytes_detail {

template <typename Word>
Word word_at(const char* bytes) {
  Word word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// REQUIRES: no shorter than a word. The last ones overlap, which saves a loop over the rest.
template <typename Word>
bool are_same_words(const char* a, const char* b, std::size_t length) {
  const std::size_t last = length - sizeof(Word);
  for (std::size_t at = 0; at < last; at += sizeof(Word)) {
    if (word_at<Word>(a + at) != word_at<Word>(b + at)) return false;
  }
  return word_at<Word>(a + last) == word_at<Word>(b + last);
}

}  // namespace same_bytes_detail

inline bool same_bytes(std::string_view a, std::string_view b) {
  using same_bytes_detail::are_same_words;
  if (a.size() != b.size()) return false;
  if (a.size() >= sizeof(std::uint64_t)) return are_same_words<std::uint64_t>(a.data(), b.data(), a.size());
  if (a.size() >= sizeof(std::uint32_t)) return are_same_words<std::uint32_t>(a.data(), b.data(), a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

}  // namespace overhear
