#include "dissectors/cchat/cchat_content.hpp"

#include <cstddef>

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "decrypt/base64.hpp"
#include "decrypt/key_store.hpp"
#include "dissectors/field_text.hpp"

namespace overhear::cchat {
namespace {

constexpr std::size_t kCipherBlock = 16;

bool is_readable(std::string_view text) {
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p != end;) {
    const auto c = static_cast<unsigned char>(*p);
    if (c < 0x20 && c != '\n' && c != '\r' && c != '\t') return false;
    if (c == 0x7F) return false;
    const unsigned length = utf8_length(p, end);
    if (length == 0 || is_unsafe_character(p, length)) return false;
    p += length;
  }
  return true;
}

// As text stands in a JSON string, which is what a dissection promises.
void assign_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.clear();
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
}

}  // namespace

bool is_base64_text(std::string_view content) {
  std::size_t digits = 0;
  std::size_t padding = 0;
  for (const char c : content) {
    if (c == '\n' || c == '\r') continue;
    const bool is_digit =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    if (c != '=' && (!is_digit || padding > 0)) return false;
    ++(is_digit ? digits : padding);
  }
  return (digits + padding) % 4 == 0 && padding <= 2 && digits % 4 != 1;
}

// The keys are looked at when the first key exchange is seen: most sessions come without one.
void ContentOpener::start() {
  if (is_started_) return;
  is_started_ = true;
  if (environment_.keys == nullptr || environment_.keys->cchat_keys().empty()) return;
  keys_.emplace(environment_.keys->cchat_keys());
}

void ContentOpener::on_keyxchg_0(const JsonIndex& json) {
  start();
  if (!keys_) return;
  std::string scratch;
  keys_->on_keyxchg_0(meaning_of(json, json.find("number"), scratch));
}

void ContentOpener::on_keyxchg_1(const JsonIndex& json) {
  start();
  if (!keys_) return;
  const JsonNode* rounds = json.find("roundleft");
  std::int64_t round_left = 0;
  const bool has_rounds = rounds != nullptr && rounds->kind == JsonKind::Integer &&
                          to_integer(json.value(*rounds), round_left) && round_left >= 0;
  if (!has_rounds) return;
  std::string prime;
  std::string intermediate;
  keys_->on_keyxchg_1(meaning_of(json, json.find("prime"), prime),
                      meaning_of(json, json.find("keyintrmdt"), intermediate), static_cast<std::uint64_t>(round_left));
}

void ContentOpener::on_keyxchg_2(const JsonIndex& json) {
  if (!keys_) return;
  std::string scratch;
  keys_->on_keyxchg_2(meaning_of(json, json.find("keyintrmdt"), scratch));
}

// Real clients encrypt an object that names the speaker; anything else is the text itself.
ContentOpener::Opened ContentOpener::look_inside() {
  static constexpr Limits kDefaults;
  const Limits& limits = environment_.limits != nullptr ? *environment_.limits : kDefaults;
  const bool is_object =
      inner_.parse(plaintext_, limits) == JsonIndex::Status::Valid && inner_.root().kind == JsonKind::Object;
  if (is_object && is_string(inner_.find("content"))) {
    return {string_of(inner_, inner_.find("user")), string_of(inner_, inner_.find("content")), {}};
  }
  assign_escaped(text_, plaintext_);
  return {{}, text_, {}};
}

ContentOpener::Opened ContentOpener::open(std::string_view content) {
  const bool is_base64 = decode_base64(content, bytes_, Base64::Lenient);
  const bool may_be_cipher = is_base64 && !bytes_.empty() && bytes_.size() % kCipherBlock == 0;
  if (const CchatPrivateKey* const key = may_be_cipher && keys_ ? keys_->open(content, plaintext_) : nullptr) {
    environment_.keys->note_use(*key);
    Opened opened = look_inside();
    opened.plaintext = plaintext_;
    return opened;
  }
  // The specification's content is text in base64, that of some real clients plain text.
  plaintext_.assign(is_base64 ? as_text(bytes_) : content);
  if (!is_readable(plaintext_)) return {};
  return look_inside();
}

}  // namespace overhear::cchat
