#include "decrypt/cchat_key.hpp"

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"
#include "decrypt/aes.hpp"
#include "decrypt/base64.hpp"

namespace overhear {
namespace {

constexpr std::size_t kKeptKeys = 4;
constexpr std::size_t kMaxExpected = 16;
// Of prime bytes squared times exponent bytes: a million exchanges with the real 192 bits, a second or so of hostile
// ones with 4096.
constexpr std::uint64_t kMaxWork = std::uint64_t{1} << 34;

// The first 16 characters of secret.toString(16), zeros behind where there are fewer.
AesKey content_key(Bytes secret) {
  const std::string text = number_to_hex(secret);
  AesKey key;
  key.size = 16;
  std::copy_n(text.begin(), std::min(text.size(), key.size), key.bytes.begin());
  return key;
}

std::optional<Number> usable_number(std::string_view hex) {
  if (hex.size() > 2 * kMaxNumberBytes + 2) return std::nullopt;
  auto number = number_from_hex(hex);
  if (number && number->size() > kMaxNumberBytes) return std::nullopt;
  return number;
}

}  // namespace

CchatKeyChain::CchatKeyChain(CchatPrivateKey key) : private_key_(std::move(key)) {}

void CchatKeyChain::on_keyxchg_0(std::string_view prime_hex) {
  if (auto prime = usable_number(prime_hex)) prime_ = std::move(*prime);
}

bool CchatKeyChain::on_keyxchg_1(std::string_view prime_hex, std::string_view intermediate_hex,
                                 std::uint64_t round_left) {
  const auto prime = prime_hex.empty() ? std::optional(prime_) : usable_number(prime_hex);
  const auto intermediate = usable_number(intermediate_hex);
  if (!prime || prime->empty() || !intermediate) return false;
  const std::uint64_t exponent_bytes = private_key_.magnitude.size() + (chained_ ? chained_->magnitude.size() : 0);
  const std::uint64_t work = prime->size() * prime->size() * exponent_bytes;
  if (work_ + work > kMaxWork) return false;
  work_ += work;
  Expected expected;
  if (!is_private_ruled_out_) expected.of_private = power(*intermediate, private_key_, *prime);
  if (!is_chain_ruled_out_) {
    expected.of_chain = chained_ ? power(*intermediate, *chained_, *prime) : expected.of_private;
  }
  if (round_left == 0) {
    // Either may be right as long as nothing told them apart. The chain's comes first: only its clients encrypt.
    if (expected.of_private) agree(*expected.of_private);
    if (expected.of_chain) {
      agree(*expected.of_chain);
      chained_ = CchatPrivateKey{*expected.of_chain};
    }
  }
  expected_.push_back(std::move(expected));
  if (expected_.size() > kMaxExpected) expected_.erase(expected_.begin());
  return true;
}

CchatEvidence CchatKeyChain::on_keyxchg_2(std::string_view intermediate_hex) {
  const auto answer = usable_number(intermediate_hex);
  if (!answer || expected_.empty()) return CchatEvidence::None;
  const auto fits = [&](const Expected& expected) {
    return expected.of_private == answer || expected.of_chain == answer;
  };
  const auto found = std::ranges::find_if(expected_, fits);
  if (found == expected_.end()) return CchatEvidence::Contradicts;
  if (found->of_private != answer) is_private_ruled_out_ = true;
  if (found->of_chain != answer) is_chain_ruled_out_ = true;
  expected_.erase(expected_.begin(), found + 1);
  return CchatEvidence::Fits;
}

std::optional<Number> CchatKeyChain::power(Bytes base, const CchatPrivateKey& exponent, Bytes prime) {
  if (!exponent.is_negative) return power_mod(base, exponent.magnitude, prime);
  const auto inverse = inverse_mod(base, prime);
  return inverse ? power_mod(*inverse, exponent.magnitude, prime) : std::nullopt;
}

void CchatKeyChain::agree(Number key) {
  std::erase(shared_keys_, key);
  shared_keys_.insert(shared_keys_.begin(), std::move(key));
  if (shared_keys_.size() > kKeptKeys) shared_keys_.pop_back();
}

bool CchatKeyChain::open(std::string_view content, std::string& plaintext) {
  plaintext.clear();
  if (shared_keys_.empty() || !decode_base64(content, ciphertext_, Base64::Lenient)) return false;
  for (const Number& key : shared_keys_) {
    if (!open_aes_ecb(content_key(key), ciphertext_, opened_) || !is_utf8(as_text(opened_))) continue;
    plaintext.assign(as_text(opened_));
    return true;
  }
  return false;
}

CchatSessionKeys::CchatSessionKeys(std::span<const CchatPrivateKey> keys) {
  for (const CchatPrivateKey& key : keys.first(std::min(keys.size(), kMaxCandidates))) chains_.emplace_back(key);
}

void CchatSessionKeys::on_keyxchg_0(std::string_view prime_hex) {
  for (CchatKeyChain& chain : chains_) chain.on_keyxchg_0(prime_hex);
}

void CchatSessionKeys::on_keyxchg_1(std::string_view prime_hex, std::string_view intermediate_hex,
                                    std::uint64_t round_left) {
  for (CchatKeyChain& chain : chains_) chain.on_keyxchg_1(prime_hex, intermediate_hex, round_left);
}

void CchatSessionKeys::on_keyxchg_2(std::string_view intermediate_hex) {
  std::vector<CchatEvidence> evidence;
  for (CchatKeyChain& chain : chains_) evidence.push_back(chain.on_keyxchg_2(intermediate_hex));
  if (is_known_) return;
  is_known_ = std::ranges::find(evidence, CchatEvidence::Fits) != evidence.end();
  std::size_t i = 0;
  std::erase_if(chains_, [&](const CchatKeyChain&) {
    const CchatEvidence own = evidence[i++];
    return is_known_ ? own != CchatEvidence::Fits : own == CchatEvidence::Contradicts;
  });
}

const CchatPrivateKey* CchatSessionKeys::open(std::string_view content, std::string& plaintext) {
  for (CchatKeyChain& chain : chains_) {
    if (chain.open(content, plaintext)) return &chain.private_key();
  }
  plaintext.clear();
  return nullptr;
}

}  // namespace overhear
