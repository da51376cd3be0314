// The end-to-end encryption of real cchat clients, seen from one client whose private key is given. The room's key is
// agreed over the server in keyxchg messages; content is AES-128-ECB under it.
//
// Feed it what this client received and sent, in order. Each exchange of the real clients goes on from the result of
// the one before: after roundleft 0 their secret is the shared key, and that is the exponent the next time. Clients
// written from the specification keep their private exponent. Both are followed until an answer tells which it is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decrypt/number.hpp"

namespace overhear {

struct CchatPrivateKey {
  Number magnitude;
  bool is_negative = false;  // random bytes read as a signed BigInteger; its modPow() then inverts

  friend bool operator==(const CchatPrivateKey&, const CchatPrivateKey&) = default;
};

enum class CchatEvidence : std::uint8_t { None, Fits, Contradicts };

class CchatKeyChain {
 public:
  explicit CchatKeyChain(CchatPrivateKey key);

  // keyxchg_0 received: the prime for messages that bring none (specification 0.3).
  void on_keyxchg_0(std::string_view prime_hex);
  // keyxchg_1 received. `prime_hex` empty: the one of keyxchg_0. False, and nothing changed, where a number is not
  // hexadecimal or over 4096 bits, where no prime is known, and when this chain has cost its share of time.
  bool on_keyxchg_1(std::string_view prime_hex, std::string_view intermediate_hex, std::uint64_t round_left);
  // keyxchg_2 sent: whether this is the answer that this private key gives to one of the last keyxchg_1 (servers send
  // several before the first is answered). None where the message proves nothing: it is empty, as after roundleft 0, or
  // nothing waits for an answer.
  CchatEvidence on_keyxchg_2(std::string_view intermediate_hex);

  const CchatPrivateKey& private_key() const { return private_key_; }

  // Opens a message's `content` (base64 with line breaks in it). Replaces `plaintext` and answers true only where the
  // padding is right and the text is UTF-8; else it is empty. Newest key first, then a few before: a message may cross
  // a new exchange on its way.
  bool open(std::string_view content, std::string& plaintext);

 private:
  // What keyxchg_1 makes of either exponent.
  struct Expected {
    std::optional<Number> of_private;
    std::optional<Number> of_chain;
  };

  static std::optional<Number> power(Bytes base, const CchatPrivateKey& exponent, Bytes prime);
  void agree(Number key);

  CchatPrivateKey private_key_;             // what the specification's clients go on with
  std::optional<CchatPrivateKey> chained_;  // what the real ones go on with; empty until it differs
  bool is_private_ruled_out_ = false;
  bool is_chain_ruled_out_ = false;
  Number prime_;                     // of keyxchg_0; empty while unknown
  std::vector<Expected> expected_;   // oldest first
  std::vector<Number> shared_keys_;  // newest first
  std::uint64_t work_ = 0;
  std::vector<std::uint8_t> ciphertext_;
  std::vector<std::uint8_t> opened_;
};

// All private keys that are held, against one session: narrows them to the one that is this client's.
class CchatSessionKeys {
 public:
  static constexpr std::size_t kMaxCandidates = 256;  // the first so many are tried

  explicit CchatSessionKeys(std::span<const CchatPrivateKey> keys);

  // As those of CchatKeyChain, for every candidate.
  void on_keyxchg_0(std::string_view prime_hex);
  void on_keyxchg_1(std::string_view prime_hex, std::string_view intermediate_hex, std::uint64_t round_left);
  void on_keyxchg_2(std::string_view intermediate_hex);
  // The key that opened it; nullptr where none does.
  const CchatPrivateKey* open(std::string_view content, std::string& plaintext);

  // The client's answer was that of the candidate that is left. Without candidates none of them is its key. After that
  // an answer that does not fit (something was lost) rules nothing out.
  bool is_known() const { return is_known_; }
  std::size_t candidates() const { return chains_.size(); }

 private:
  std::vector<CchatKeyChain> chains_;
  bool is_known_ = false;
};

}  // namespace overhear
