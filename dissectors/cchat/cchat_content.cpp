#include "dissectors/cchat/cchat_content.hpp"

#include <algorithm>
#include <cstddef>

#include "base/limits.hpp"
#include "decrypt/base64.hpp"
#include "decrypt/key_store.hpp"
#include "dissectors/cchat/cchat_rules.hpp"
#include "dissectors/cchat/cchat_text.hpp"
#include "dissectors/json/utf8.hpp"

namespace overhear::cchat {
namespace {

constexpr std::size_t kCipherBlock = 16;

// An exponentiation costs about the cube of the prime's length, a hostile server chooses the prime, and every private
// key that was given is tried: all together are bounded, in units of the 192 bits that real servers use.
constexpr std::uint64_t kBudget = 16'384;

std::uint64_t cost_of(std::string_view prime_hex) {
  const std::uint64_t words = std::min<std::uint64_t>(prime_hex.size(), 2048) / 48 + 1;
  return words * words;
}

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

std::string_view ContentOpener::field(const JsonIndex& json, std::string_view name, std::string& scratch) const {
  return meaning_of(json, json.find(name), scratch);
}

// Chains are made when the first key exchange is seen: most sessions come without a key.
void ContentOpener::start() {
  if (is_started_) return;
  is_started_ = true;
  if (environment_.keys == nullptr) return;
  const auto keys = environment_.keys->cchat_keys();
  const std::size_t limit = environment_.limits != nullptr ? environment_.limits->derived_keys : Limits{}.derived_keys;
  for (const CchatPrivateKey& key : keys.first(std::min(keys.size(), limit))) chains_.emplace_back(key);
}

void ContentOpener::on_keyxchg_0(const JsonIndex& json) {
  start();
  if (chains_.empty()) return;
  prime_ = field(json, "number", intermediate_);
  for (CchatKeyChain& chain : chains_) chain.on_keyxchg_0(prime_);
}

void ContentOpener::on_keyxchg_1(const JsonIndex& json, FindingList& findings) {
  start();
  if (chains_.empty()) return;
  const JsonNode* rounds = json.find("roundleft");
  std::int64_t round_left = 0;
  const bool has_rounds = rounds != nullptr && rounds->kind == JsonKind::Integer &&
                          to_integer(json.value(*rounds), round_left) && round_left >= 0;
  if (!has_rounds) return;
  std::string scratch;
  const std::string_view own_prime = field(json, "prime", scratch);
  const std::string_view intermediate = field(json, "keyintrmdt", intermediate_);
  if (!is_confirmed_) {
    spent_ += chains_.size() * cost_of(own_prime.empty() ? std::string_view(prime_) : own_prime);
    if (spent_ > kBudget) {
      chains_.clear();
      findings.add(cchat_rules::kKeyBudget);
      return;
    }
  }
  for (CchatKeyChain& chain : chains_) {
    chain.on_keyxchg_1(own_prime, intermediate, static_cast<std::uint64_t>(round_left));
  }
}

void ContentOpener::on_keyxchg_2(const JsonIndex& json) {
  if (chains_.empty()) return;
  const std::string_view intermediate = field(json, "keyintrmdt", intermediate_);
  for (std::size_t i = 0; i < chains_.size();) {
    const CchatEvidence evidence = chains_[i].on_keyxchg_2(intermediate);
    if (is_confirmed_) return;
    if (evidence == CchatEvidence::Fits) return keep_only(i);
    if (evidence == CchatEvidence::Contradicts)
      chains_.erase(chains_.begin() + static_cast<std::ptrdiff_t>(i));
    else
      ++i;
  }
}

void ContentOpener::keep_only(std::size_t chain) {
  if (chain != 0) std::swap(chains_[0], chains_[chain]);
  chains_.erase(chains_.begin() + 1, chains_.end());
  is_confirmed_ = true;
}

bool ContentOpener::open_with_key(std::string_view content) {
  for (std::size_t i = 0; i < chains_.size(); ++i) {
    if (!chains_[i].has_shared_key() || !chains_[i].open(content, plaintext_)) continue;
    if (!is_confirmed_) keep_only(i);
    return true;
  }
  return false;
}

// Real clients encrypt an object that names the speaker; anything else is the text itself.
ContentOpener::Opened ContentOpener::look_inside() {
  const Limits defaults;
  const Limits& limits = environment_.limits != nullptr ? *environment_.limits : defaults;
  const bool is_object =
      inner_.parse(plaintext_, limits) == JsonIndex::Status::Valid && inner_.root().kind == JsonKind::Object;
  if (is_object && is_string(inner_.find("content"))) {
    return {string_of(inner_, inner_.find("user")),
            string_of(inner_, inner_.find("room")),
            string_of(inner_, inner_.find("content")),
            {}};
  }
  assign_escaped(text_, plaintext_);
  return {{}, {}, text_, {}};
}

ContentOpener::Opened ContentOpener::open(std::string_view content) {
  const bool is_base64 = decode_base64(content, bytes_, Base64::Lenient);
  const bool may_be_cipher = is_base64 && !bytes_.empty() && bytes_.size() % kCipherBlock == 0;
  if (may_be_cipher && open_with_key(content)) {
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
