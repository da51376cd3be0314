// A digest of a text, the same in every run. A few instructions for eight bytes, since what is said in every message is
// looked up by it. An index, never an identity: who chooses texts can choose some that collide.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace overhear {

inline std::uint64_t text_hash(std::string_view text) {
  std::uint64_t hash = 0;
  const auto add = [&hash](std::uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 32;
  };
  const auto add_eight = [&add](const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    add(word);
  };
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (text.size() >= kWord) {
    for (std::size_t at = 0; at + kWord < text.size(); at += kWord) add_eight(text.data() + at);
    add_eight(text.data() + text.size() - kWord);  // some of them once more, which saves a loop over the rest
  } else {
    std::uint64_t word = 0;
    for (const char c : text) word = word << 8 | static_cast<unsigned char>(c);
    add(word);
  }
  add(text.size());  // at the end, where it also brings the last bytes' bits down into all of the digest
  return hash;
}

}  // namespace overhear
