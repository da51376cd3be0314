// Reads an object strictly as its bytes come: says at which byte it is whole, and at which it is none any more. Where
// JsonBoundary trusts that a message is one, this asks: while looking for the next message behind a loss, what cannot
// become one must be known at once, however the bytes come. Resumable, no byte is looked at twice.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/limits.hpp"

namespace overhear {

class JsonProgress {
 public:
  enum class Status : std::uint8_t {
    NeedMore,
    Whole,   // length() bytes are an object by RFC 8259
    Broken,  // no object, or one that nests deeper than the limit
  };

  explicit JsonProgress(const Limits& limits);

  // The same text as at the call before, possibly longer. Whole and Broken stay.
  Status scan(std::string_view text) { return feed(text.substr(length_)); }
  // The same, given only what is new.
  Status feed(std::string_view more);
  Status status() const;
  // Of the bytes that were looked at.
  std::size_t length() const { return length_; }

 private:
  static constexpr std::size_t kMaxDepth = 512;

  enum class State : std::uint8_t {
    Begin,
    Value,
    FirstValue,  // or the end of the array
    Name,
    FirstName,  // or the end of the object
    Colon,
    AfterValue,
    String,
    Escape,
    Hex,
    Tail,  // of a UTF-8 character
    Minus,
    Zero,
    Integer,
    Point,
    Fraction,
    Exponent,
    ExponentSign,
    ExponentDigits,
    Literal,
    Whole,
    Broken,
  };

  State next(unsigned char c);
  State begin_value(unsigned char c);
  State in_string(unsigned char c);
  State in_number(unsigned char c);
  State after_value(unsigned char c);
  State open(bool is_object);
  State expect(std::size_t tails, unsigned char low, unsigned char high);
  State literal(std::string_view word);

  State state_ = State::Begin;
  bool is_name_ = false;  // the string under way
  std::size_t depth_ = 0;
  std::size_t depth_limit_;
  std::bitset<kMaxDepth> is_object_;
  std::size_t left_ = 0;   // hex digits, or tails of a character
  unsigned char low_ = 0;  // what the next tail may be
  unsigned char high_ = 0;
  std::string_view word_;  // what must follow of a literal
  std::size_t length_ = 0;
};

}  // namespace overhear
