#include "session/filter/filter_lexer.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/utf8.hpp"

namespace overhear {
namespace {

using Kind = FilterToken::Kind;

struct Fixed {
  std::string_view text;
  Kind kind;
};
// The longer ones first.
constexpr Fixed kSymbols[] = {{"&&", Kind::And},          {"||", Kind::Or},       {"^^", Kind::Xor},
                              {"==", Kind::Equal},        {"!=", Kind::NotEqual}, {"<=", Kind::LessEqual},
                              {">=", Kind::GreaterEqual}, {"..", Kind::DotDot},   {"<", Kind::Less},
                              {">", Kind::Greater},       {"!", Kind::Not},       {"~", Kind::Matches},
                              {"(", Kind::Open},          {")", Kind::Close},     {"{", Kind::OpenBrace},
                              {"}", Kind::CloseBrace},    {",", Kind::Comma}};
constexpr Fixed kWords[] = {
    {"and", Kind::And},    {"or", Kind::Or},           {"xor", Kind::Xor},           {"not", Kind::Not},
    {"eq", Kind::Equal},   {"ne", Kind::NotEqual},     {"lt", Kind::Less},           {"le", Kind::LessEqual},
    {"gt", Kind::Greater}, {"ge", Kind::GreaterEqual}, {"contains", Kind::Contains}, {"matches", Kind::Matches},
    {"in", Kind::In}};

struct Mistake {
  std::string_view text;
  std::string_view meant;
};
// What other languages write.
constexpr Mistake kMistakes[] = {{"===", "=="}, {"!==", "!="}, {"~=", "!="}, {"=~", "matches"},
                                 {"=", "=="},   {"&", "&&"},   {"|", "||"}};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::unexpected<FilterError> wrong(std::size_t begin, std::size_t end, std::string text, std::string meant = {}) {
  return std::unexpected(FilterError{begin, end, std::move(text), std::move(meant)});
}

std::optional<char32_t> hex(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

bool is_filter_word(char c) {
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return is_letter || static_cast<unsigned char>(c) >= 0x80 || std::string_view("_.:/-+@#%").contains(c);
}

FilterToken FilterLexer::token(Kind kind, std::size_t length) {
  FilterToken token{kind, position_, position_ + length, std::string(text_.substr(position_, length))};
  position_ = token.end;
  return token;
}

FilterLexer::Result FilterLexer::next(bool keeps_unknown_escapes) {
  while (position_ < text_.size() && is_space(text_[position_])) ++position_;
  if (position_ == text_.size()) return token(Kind::End, 0);
  const std::string_view rest = text_.substr(position_);
  if (rest.front() == '"') return string(keeps_unknown_escapes);
  if (rest.starts_with("r\"") || rest.starts_with("R\"")) return raw_string();
  if (rest.front() == '\'') return wrong(position_, position_ + 1, "texts stand in double quotes", "\"");
  const bool is_word = is_filter_word(rest.front()) && !rest.starts_with("..");
  return is_word || rest.front() == '[' ? word() : symbol();
}

FilterToken FilterLexer::word() {
  const std::string_view rest = text_.substr(position_);
  // An IPv6 address in its brackets.
  std::size_t length = rest.front() == '[' ? std::min(rest.find(']'), rest.size() - 1) + 1 : 0;
  while (length < rest.size() && is_filter_word(rest[length]) && !rest.substr(length).starts_with("..")) ++length;
  const auto* const keyword = std::ranges::find(kWords, rest.substr(0, length), &Fixed::text);
  return token(keyword == std::end(kWords) ? Kind::Word : keyword->kind, length);
}

FilterLexer::Result FilterLexer::symbol() {
  const std::string_view rest = text_.substr(position_);
  const auto begins = [&](const auto& one) { return rest.starts_with(one.text); };
  const auto* const mistake = std::ranges::find_if(kMistakes, begins);
  const bool is_mistake = mistake != std::end(kMistakes);
  const auto* const symbol = std::ranges::find_if(kSymbols, begins);
  // "==" begins with "=", and is none.
  if (symbol != std::end(kSymbols) && (!is_mistake || mistake->text.size() <= symbol->text.size())) {
    return token(symbol->kind, symbol->text.size());
  }
  if (is_mistake) {
    return wrong(position_, position_ + mistake->text.size(), "there is no operator " + std::string(mistake->text),
                 std::string(mistake->meant));
  }
  return wrong(position_, position_ + 1, "this can stand in quotes only");
}

FilterLexer::Result FilterLexer::string(bool keeps_unknown_escapes) {
  FilterToken token{Kind::String, position_++, 0, {}};
  while (position_ < text_.size() && text_[position_] != '"') {
    if (text_[position_] != '\\') {
      token.value += text_[position_++];
    } else if (auto done = escape(keeps_unknown_escapes, token.value); !done) {
      return std::unexpected(done.error());
    }
  }
  if (position_ == text_.size()) return wrong(token.begin, text_.size(), "the closing quote is missing");
  token.end = ++position_;
  return token;
}

FilterLexer::Result FilterLexer::raw_string() {
  const std::size_t close = text_.find('"', position_ + 2);
  if (close == std::string_view::npos) return wrong(position_, text_.size(), "the closing quote is missing");
  FilterToken token{Kind::String, position_, close + 1,
                    std::string(text_.substr(position_ + 2, close - position_ - 2))};
  position_ = token.end;
  return token;
}

std::expected<void, FilterError> FilterLexer::escape(bool keeps_unknown, std::string& out) {
  const std::size_t begin = position_;
  const char kind = begin + 1 < text_.size() ? text_[begin + 1] : '\0';
  position_ = std::min(begin + 2, text_.size());
  switch (kind) {
    case '"':
    case '\\': out += kind; return {};
    case 'n': out += '\n'; return {};
    case 'r': out += '\r'; return {};
    case 't': out += '\t'; return {};
    case 'x':
    case 'u': {
      const std::size_t digits = kind == 'x' ? 2 : 4;
      const std::string_view number = text_.substr(position_, digits);
      const auto value = hex(number);
      if (!value || number.size() != digits) {
        return wrong(begin, position_, kind == 'x' ? "\\x needs two hex digits" : "\\u needs four hex digits");
      }
      if (*value >= 0xD800 && *value < 0xE000) {
        return wrong(begin, position_ + digits, "this is half a character; the character itself can stand here");
      }
      position_ += digits;
      if (kind == 'x') {
        out += static_cast<char>(*value);
      } else {
        append_utf8(out, *value);
      }
      return {};
    }
    default: break;
  }
  if (!keeps_unknown) return wrong(begin, position_, "there is no such escape; a backslash is \\\\");
  out.append(text_.substr(begin, position_ - begin));
  return {};
}

}  // namespace overhear
