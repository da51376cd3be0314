#include "decrypt/base64.hpp"

#include <array>
#include <cstddef>

namespace overhear {
namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// What is no digit has a value with a bit above the six of a digit, so that four are checked with one comparison.
constexpr std::uint8_t kBad = 0x80;
constexpr std::uint8_t kSpace = 0x81;

constexpr std::array<std::uint8_t, 256> digit_values(bool is_lenient) {
  std::array<std::uint8_t, 256> values{};
  values.fill(kBad);
  for (std::size_t i = 0; i < 64; ++i) {
    values[static_cast<unsigned char>(kStandard[i])] = static_cast<std::uint8_t>(i);
    if (is_lenient) values[static_cast<unsigned char>(kUrl[i])] = static_cast<std::uint8_t>(i);
  }
  if (is_lenient) {
    for (const char c : {' ', '\t', '\r', '\n'}) values[static_cast<unsigned char>(c)] = kSpace;
  }
  return values;
}

constexpr auto kStrictValues = digit_values(false);
constexpr auto kLenientValues = digit_values(true);

// Whole groups of four digits, as far as nothing else stands between them. Answers how many characters it took.
std::size_t decode_groups(std::string_view text, const std::array<std::uint8_t, 256>& values, std::uint8_t*& out) {
  std::size_t at = 0;
  for (; text.size() - at >= 4; at += 4) {
    const std::uint8_t a = values[static_cast<unsigned char>(text[at])];
    const std::uint8_t b = values[static_cast<unsigned char>(text[at + 1])];
    const std::uint8_t c = values[static_cast<unsigned char>(text[at + 2])];
    const std::uint8_t d = values[static_cast<unsigned char>(text[at + 3])];
    if (((a | b | c | d) & 0x80) != 0) break;
    *out++ = static_cast<std::uint8_t>(a << 2 | b >> 4);
    *out++ = static_cast<std::uint8_t>(b << 4 | c >> 2);
    *out++ = static_cast<std::uint8_t>(c << 6 | d);
  }
  return at;
}

// What is left when groups stop: digits among spaces and the padding.
class Tail {
 public:
  Tail(Base64 reading, const std::array<std::uint8_t, 256>& values) : reading_(reading), values_(values) {}

  // Takes characters until a group is whole or the text ends. False at a character that may not stand there.
  bool take(std::string_view& text, std::uint8_t*& out) {
    while (!text.empty()) {
      const char c = text.front();
      text.remove_prefix(1);
      const std::uint8_t value = values_[static_cast<unsigned char>(c)];
      if (value == kSpace) continue;
      if (c == '=') {
        if (++padding_ > 2) return false;
        continue;
      }
      if (value == kBad || padding_ != 0) return false;
      bits_ = bits_ << 6 | value;
      if (++digits_ < 4) continue;
      *out++ = static_cast<std::uint8_t>(bits_ >> 16);
      *out++ = static_cast<std::uint8_t>(bits_ >> 8);
      *out++ = static_cast<std::uint8_t>(bits_);
      bits_ = digits_ = 0;
      return true;
    }
    return true;
  }

  bool finish(std::uint8_t*& out) const {
    if (digits_ == 1) return false;
    if (padding_ != 0 && digits_ + padding_ != 4) return false;
    if (reading_ == Base64::Strict && digits_ != 0 && padding_ == 0) return false;
    const std::uint32_t unused = digits_ == 2 ? bits_ & 0x0f : digits_ == 3 ? bits_ & 0x03 : 0;
    if (reading_ == Base64::Strict && unused != 0) return false;
    if (digits_ == 2) *out++ = static_cast<std::uint8_t>(bits_ >> 4);
    if (digits_ == 3) {
      *out++ = static_cast<std::uint8_t>(bits_ >> 10);
      *out++ = static_cast<std::uint8_t>(bits_ >> 2);
    }
    return true;
  }

  bool is_between_groups() const { return digits_ == 0 && padding_ == 0; }

 private:
  Base64 reading_;
  const std::array<std::uint8_t, 256>& values_;
  std::uint32_t bits_ = 0;
  unsigned digits_ = 0;
  unsigned padding_ = 0;
};

}  // namespace

bool decode_base64(std::string_view text, std::vector<std::uint8_t>& out, Base64 reading) {
  const auto& values = reading == Base64::Strict ? kStrictValues : kLenientValues;
  out.resize(text.size() / 4 * 3 + 3);
  std::uint8_t* end = out.data();
  Tail tail(reading, values);
  while (!text.empty()) {
    // A line break inside makes one group slow, then whole groups go on.
    if (tail.is_between_groups()) text.remove_prefix(decode_groups(text, values, end));
    if (!tail.take(text, end)) {
      out.clear();
      return false;
    }
  }
  if (!tail.finish(end)) {
    out.clear();
    return false;
  }
  out.resize(static_cast<std::size_t>(end - out.data()));
  return true;
}

void append_base64(std::string& out, Bytes bytes, Base64Alphabet alphabet, bool is_padded) {
  const std::string_view digits = alphabet == Base64Alphabet::Standard ? kStandard : kUrl;
  const auto digit = [&](std::uint32_t bits, unsigned shift) { return digits[bits >> shift & 0x3f]; };
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  for (; bytes.size() >= 3; bytes = bytes.subspan(3)) {
    const std::uint32_t bits = static_cast<std::uint32_t>(bytes[0] << 16 | bytes[1] << 8 | bytes[2]);
    out += {digit(bits, 18), digit(bits, 12), digit(bits, 6), digit(bits, 0)};
  }
  if (bytes.empty()) return;
  const std::uint32_t bits = static_cast<std::uint32_t>(bytes[0] << 16 | (bytes.size() == 2 ? bytes[1] << 8 : 0));
  out += {digit(bits, 18), digit(bits, 12)};
  if (bytes.size() == 2) out += digit(bits, 6);
  if (is_padded) out.append(3 - bytes.size(), '=');
}

}  // namespace overhear
