// The end-to-end encryption of real cchat clients, seen from one client whose private key is given. The room's key is
// agreed over the server in keyxchg messages; content is AES-128-ECB under it.
//
// Feed it what this client received and sent, in order. Each exchange goes on from the result of the one before: after
// roundleft 0 a client's secret is the shared key, and that is its exponent the next time. Clients written from the
// specification keep their private exponent instead; both are computed and what the client answers decides.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decrypt/number.hpp"

namespace overhear {

struct CchatPrivateKey {
  Number magnitude;
  bool is_negative = false;  // java.util.Random bytes read as a signed BigInteger; modPow then inverts

  friend auto operator<=>(const CchatPrivateKey&, const CchatPrivateKey&) = default;
};

enum class CchatEvidence : std::uint8_t { None, Fits, Contradicts };

class CchatKeyChain {
 public:
  explicit CchatKeyChain(CchatPrivateKey key);

  // keyxchg_0 received: the prime for messages that bring none (specification 0.3).
  void on_keyxchg_0(std::string_view prime_hex);
  // keyxchg_1 received. `prime_hex` empty: the one of keyxchg_0. False, and nothing changed, where a number is not
  // hexadecimal, is over 4096 bits, or no prime is known.
  bool on_keyxchg_1(std::string_view prime_hex, std::string_view intermediate_hex, std::uint64_t round_left);
  // keyxchg_2 sent by this client: whether its answer is the one that this private key gives. None where the message
  // proves nothing (empty, as it is when roundleft was 0, or no keyxchg_1 came before).
  CchatEvidence on_keyxchg_2(std::string_view intermediate_hex);

  // The room's key as agreed last; nullptr before.
  bool has_shared_key() const { return !shared_keys_.empty(); }

  // Opens a message's `content` (base64 with line breaks in it). Replaces `plaintext` and answers true only where the
  // padding is right and the text is UTF-8. Tries the newest keys first: a message may cross a new exchange.
  bool open(std::string_view content, std::string& plaintext);

 private:
  struct Exponent {
    CchatPrivateKey value;
    std::optional<Number> result;  // of the last keyxchg_1
  };

  CchatPrivateKey private_key_;
  std::optional<Number> prime_;
  std::vector<Exponent> exponents_;
  std::vector<Number> shared_keys_;  // newest first, a few
  std::vector<std::uint8_t> ciphertext_;
  std::vector<std::uint8_t> opened_;
};

}  // namespace overhear
