#include "dissectors/json/json_progress.hpp"

#include <algorithm>

#include "dissectors/json/text_scan.hpp"

namespace overhear {
namespace {

constexpr bool is_digit(unsigned char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_hex(unsigned char c) {
  return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

constexpr bool is_space(unsigned char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

JsonProgress::JsonProgress(const Limits& limits) : depth_limit_(std::min<std::size_t>(limits.json_depth, kMaxDepth)) {}

JsonProgress::Status JsonProgress::feed(std::string_view more) {
  const char* p = more.data();
  const char* const end = p + more.size();
  while (p != end && state_ != State::Whole && state_ != State::Broken) {
    const char* const from = p;
    if (state_ == State::String) p = find_special_in_string(p, end);
    if (p != end) state_ = next(static_cast<unsigned char>(*p++));
    length_ += static_cast<std::size_t>(p - from);
  }
  return status();
}

JsonProgress::Status JsonProgress::status() const {
  if (state_ == State::Whole) return Status::Whole;
  return state_ == State::Broken ? Status::Broken : Status::NeedMore;
}

JsonProgress::State JsonProgress::next(unsigned char c) {
  switch (state_) {
    case State::Begin: return c == '{' ? open(true) : State::Broken;
    case State::Value:
    case State::FirstValue: return is_space(c) ? state_ : begin_value(c);
    case State::FirstName:
      if (c == '}') return after_value(c);
      [[fallthrough]];
    case State::Name:
      if (is_space(c)) return state_;
      is_name_ = true;
      return c == '"' ? State::String : State::Broken;
    case State::Colon: return is_space(c) ? state_ : c == ':' ? State::Value : State::Broken;
    case State::AfterValue: return is_space(c) ? state_ : after_value(c);
    case State::String: return in_string(c);
    case State::Escape:
      if (c == 'u') {
        left_ = 4;
        return State::Hex;
      }
      return std::string_view("\"\\/bfnrt").find(static_cast<char>(c)) != std::string_view::npos ? State::String
                                                                                                 : State::Broken;
    case State::Hex: return !is_hex(c) ? State::Broken : --left_ == 0 ? State::String : State::Hex;
    case State::Tail: return c < low_ || c > high_ ? State::Broken : expect(left_ - 1, 0x80, 0xBF);
    case State::Minus:
    case State::Zero:
    case State::Integer:
    case State::Point:
    case State::Fraction:
    case State::Exponent:
    case State::ExponentSign:
    case State::ExponentDigits: return in_number(c);
    case State::Literal:
      if (static_cast<unsigned char>(word_.front()) != c) return State::Broken;
      return literal(word_.substr(1));
    case State::Whole:
    case State::Broken: break;
  }
  return state_;
}

JsonProgress::State JsonProgress::begin_value(unsigned char c) {
  switch (c) {
    case '{': return open(true);
    case '[': return open(false);
    case ']': return state_ == State::FirstValue ? after_value(c) : State::Broken;
    case '"': is_name_ = false; return State::String;
    case 't': return literal("rue");
    case 'f': return literal("alse");
    case 'n': return literal("ull");
    case '-': return State::Minus;
    case '0': return State::Zero;
    default: return is_digit(c) ? State::Integer : State::Broken;
  }
}

JsonProgress::State JsonProgress::open(bool is_object) {
  if (depth_ == depth_limit_) return State::Broken;
  is_object_[depth_++] = is_object;
  return is_object ? State::FirstName : State::FirstValue;
}

// A comma or the end of what is open.
JsonProgress::State JsonProgress::after_value(unsigned char c) {
  const bool is_object = is_object_[depth_ - 1];
  if (c == ',') return is_object ? State::Name : State::Value;
  const unsigned char end = is_object ? '}' : ']';
  if (c != end) return State::Broken;
  return --depth_ == 0 ? State::Whole : State::AfterValue;
}

// UTF-8 by RFC 3629, 4.
JsonProgress::State JsonProgress::in_string(unsigned char c) {
  if (c == '"') return is_name_ ? State::Colon : State::AfterValue;
  if (c == '\\') return State::Escape;
  if (c < 0x20) return State::Broken;
  if (c < 0x80) return State::String;
  if (c >= 0xC2 && c <= 0xDF) return expect(1, 0x80, 0xBF);
  if (c >= 0xE0 && c <= 0xEF) return expect(2, c == 0xE0 ? 0xA0 : 0x80, c == 0xED ? 0x9F : 0xBF);
  if (c >= 0xF0 && c <= 0xF4) return expect(3, c == 0xF0 ? 0x90 : 0x80, c == 0xF4 ? 0x8F : 0xBF);
  return State::Broken;
}

JsonProgress::State JsonProgress::expect(std::size_t tails, unsigned char low, unsigned char high) {
  left_ = tails;
  low_ = low;
  high_ = high;
  return tails == 0 ? State::String : State::Tail;
}

JsonProgress::State JsonProgress::in_number(unsigned char c) {
  const bool has_digit = is_digit(c);
  const bool is_exponent = (c | 0x20) == 'e';
  const auto end = [&] { return is_space(c) ? State::AfterValue : after_value(c); };
  switch (state_) {
    case State::Minus: return c == '0' ? State::Zero : has_digit ? State::Integer : State::Broken;
    case State::Zero:
      if (has_digit) return State::Broken;
      return c == '.' ? State::Point : is_exponent ? State::Exponent : end();
    case State::Integer:
      if (has_digit) return State::Integer;
      return c == '.' ? State::Point : is_exponent ? State::Exponent : end();
    case State::Point: return has_digit ? State::Fraction : State::Broken;
    case State::Fraction: return has_digit ? State::Fraction : is_exponent ? State::Exponent : end();
    case State::Exponent:
      if (c == '+' || c == '-') return State::ExponentSign;
      [[fallthrough]];
    case State::ExponentSign: return has_digit ? State::ExponentDigits : State::Broken;
    default: return has_digit ? State::ExponentDigits : end();
  }
}

JsonProgress::State JsonProgress::literal(std::string_view word) {
  word_ = word;
  return word.empty() ? State::AfterValue : State::Literal;
}

}  // namespace overhear
