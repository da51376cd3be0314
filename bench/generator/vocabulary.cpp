#include "bench/generator/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "bench/generator/append.hpp"

namespace overhear::bench {
namespace {

constexpr std::array<std::string_view, 48> kWords = {
    "and",
    "we",
    "could",
    "meet",
    "again",
    "around",
    "four",
    "if",
    "that",
    "suits",
    "everyone",
    "I",
    "have",
    "not",
    "read",
    "it",
    "yet",
    "but",
    "will",
    "tonight",
    "who",
    "brings",
    "coffee",
    "what",
    "about",
    "Thursday",
    "hmm",
    "fine",
    "by",
    "me",
    "😀",
    "👍🏽",
    "Grüße",
    "señora",
    "garçon",
    "日本語",
    "привет",
    "שלום",
    "Ελλάδα",
    "“soon”",
    "he said \"yes\"",
    "C:\\temp\\log",
    "one\ntwo",
    "a/b",
    "tab\there",
    "<b>&amp;</b>",
    "100 %",
    "𝔘𝔫𝔦",
};

constexpr std::array<std::string_view, 10> kNames = {"Ada",    "Zoë",  "Björn", "Małgorzata", "Søren",
                                                     "Наташа", "美咲", "Iñaki", "Grace",      "Ümit"};

// One code point of valid UTF-8 (the tables above are), advancing `at`.
char32_t take_code_point(std::string_view utf8, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(utf8[at++]);
  const int more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  char32_t value = more == 0 ? lead : lead & (0x3fu >> more);
  for (int i = 0; i < more; ++i) value = (value << 6) | (static_cast<unsigned char>(utf8[at++]) & 0x3fu);
  return value;
}

void append_unit(std::string& out, char32_t unit) {
  const std::array<std::uint8_t, 2> bytes = {static_cast<std::uint8_t>(unit >> 8), static_cast<std::uint8_t>(unit)};
  out += "\\u";
  append_hex(out, bytes);
}

}  // namespace

void append_escaped(std::string& out, std::string_view utf8, Spelling spelling) {
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t begin = at;
    const char32_t point = take_code_point(utf8, at);
    if (point == '\n') {
      out += "\\n";
    } else if (point == '\t') {
      out += "\\t";
    } else if (point == '"' || point == '\\') {
      out += '\\';
      out += static_cast<char>(point);
    } else if (point < 0x80 || spelling != Spelling::Ascii) {
      out += utf8.substr(begin, at - begin);
    } else if (point < 0x10000) {
      append_unit(out, point);
    } else {
      append_unit(out, 0xd800 + ((point - 0x10000) >> 10));
      append_unit(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
    }
  }
}

Vocabulary::Vocabulary() {
  for (const std::string_view word : kWords) {
    spelled_[0].emplace_back(word);
    append_escaped(spelled_[1].emplace_back(), word, Spelling::Utf8);
    append_escaped(spelled_[2].emplace_back(), word, Spelling::Ascii);
  }
  // What a writer may escape though it need not: a reader that compares raw text only will trip over these.
  spelled_[1].emplace_back(R"(a\/b)");
  spelled_[1].emplace_back(R"(caf\u00e9)");
  spelled_[1].emplace_back(R"(\ud83d\ude80)");
}

void Vocabulary::append_words(std::string& out, Random& random, std::size_t size, Spelling spelling) const {
  const std::vector<std::string>& words = spelled_[static_cast<std::size_t>(spelling)];
  const std::size_t end = out.size() + size;
  while (true) {
    out += words[random.below(static_cast<std::uint32_t>(words.size()))];
    if (out.size() >= end) return;
    out += ' ';
  }
}

void Vocabulary::append_utterance(std::string& out, Random& random, std::size_t longest, Spelling spelling) const {
  const std::uint32_t kind = random.below(4000);
  std::size_t size = random.between(3, 110);
  if (kind < 1) {
    size = random.between(3000, 24000);
  } else if (kind < 12) {
    size = random.between(800, 3000);
  } else if (kind < 400) {
    size = random.between(110, 500);
  }
  append_words(out, random, std::min(size, longest), spelling);
}

std::string_view Vocabulary::name(Random& random) const {
  return kNames[random.below(kNames.size())];
}

}  // namespace overhear::bench
