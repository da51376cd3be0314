// What people say: words of several scripts, with what JSON must escape, in the three spellings that the protocols'
// real peers use. Built once, shared by all conversations.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "bench/generator/random.hpp"

namespace overhear::bench {

enum class Spelling {
  Plain,  // as it is, for what gets wrapped in base64
  Utf8,   // inside a JSON string; only what must be escaped is, and now and then what may be
  Ascii,  // inside a JSON string as Python's json.dumps writes it: all beyond ASCII as \uXXXX
};

class Vocabulary {
 public:
  Vocabulary();

  // Appends words until at least `size` bytes are there.
  void append_words(std::string& out, Random& random, std::size_t size, Spelling spelling) const;
  // A chat message's text: mostly a line, sometimes a paragraph, seldom a long one of up to `longest` bytes.
  void append_utterance(std::string& out, Random& random, std::size_t longest, Spelling spelling) const;
  // One short name, which may hold letters of any script but nothing that needs escaping in Utf8.
  std::string_view name(Random& random) const;

 private:
  std::vector<std::string> spelled_[3];
};

// Appends the text as it stands inside a JSON string.
void append_escaped(std::string& out, std::string_view utf8, Spelling spelling);

}  // namespace overhear::bench
