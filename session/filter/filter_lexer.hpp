// A filter's text as tokens, one at a time. Words are what needs no quotes: names of fields, numbers, addresses, times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "session/filter/filter_error.hpp"

namespace overhear {

struct FilterToken {
  enum class Kind : std::uint8_t {
    End,
    Word,
    String,
    Open,        // (
    Close,       // )
    OpenBrace,   // {
    CloseBrace,  // }
    Comma,
    DotDot,
    Or,
    Xor,
    And,
    Not,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Contains,
    Matches,
    In,
  };
  Kind kind = Kind::End;
  std::size_t begin = 0;  // in the filter, quotes included
  std::size_t end = 0;
  std::string value;  // of a string what it means, of a word the word
};

class FilterLexer {
 public:
  explicit FilterLexer(std::string_view text) : text_(text) {}

  // `keeps_unknown_escapes`: in a string, \d stays \d, for a regular expression; elsewhere it is an error.
  std::expected<FilterToken, FilterError> next(bool keeps_unknown_escapes = false);

  std::string_view text() const { return text_; }
  std::size_t position() const { return position_; }
  void seek(std::size_t position) { position_ = position; }

 private:
  using Result = std::expected<FilterToken, FilterError>;

  FilterToken token(FilterToken::Kind kind, std::size_t length);
  FilterToken word();
  Result symbol();
  Result string(bool keeps_unknown_escapes);
  Result raw_string();
  // Takes the escape at the position into `out`.
  std::expected<void, FilterError> escape(bool keeps_unknown, std::string& out);

  std::string_view text_;
  std::size_t position_ = 0;
};

// Whether the letter may stand in a word.
bool is_filter_word(char c);

}  // namespace overhear
