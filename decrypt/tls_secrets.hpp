// The TLS secrets of a key log, by client random. Binary and compact; a lookup takes the same time whatever names an
// attacker chose (a tree, no hash), and stays instant with 100,000 sessions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace overhear {

// Where a key came from, which is what "decrypted" says of it: tls-keylog or tls-dsb.
enum class KeySource : std::uint8_t { File, SecretsBlock };

constexpr std::string_view to_string(KeySource source) {
  return source == KeySource::File ? "tls-keylog" : "tls-dsb";
}

// draft-ietf-tls-keylogfile, 2; CLIENT_RANDOM is the master secret of TLS 1.2 and before.
enum class TlsLabel : std::uint8_t {
  ClientRandom,
  ClientEarlyTrafficSecret,
  ClientHandshakeTrafficSecret,
  ServerHandshakeTrafficSecret,
  ClientTrafficSecret0,
  ServerTrafficSecret0,
  EarlyExporterSecret,
  ExporterSecret,
};

inline constexpr std::array kTlsLabels{
    TlsLabel::ClientRandom,
    TlsLabel::ClientEarlyTrafficSecret,
    TlsLabel::ClientHandshakeTrafficSecret,
    TlsLabel::ServerHandshakeTrafficSecret,
    TlsLabel::ClientTrafficSecret0,
    TlsLabel::ServerTrafficSecret0,
    TlsLabel::EarlyExporterSecret,
    TlsLabel::ExporterSecret,
};

std::string_view to_string(TlsLabel label);  // as the key log writes it
std::optional<TlsLabel> tls_label(std::string_view text);

inline constexpr std::size_t kClientRandomBytes = 32;
inline constexpr std::size_t kMaxTlsSecretBytes = 64;
using ClientRandom = std::array<std::uint8_t, kClientRandomBytes>;

struct TlsSecret {
  Bytes bytes;  // valid until the store is added to
  KeySource source = KeySource::File;
};

class TlsSecrets {
 public:
  static constexpr std::size_t kMaxSecrets = 8'000'000;

  // The same label and random again replaces what was there. False where the store is full.
  // REQUIRES: 1 to kMaxTlsSecretBytes bytes of secret.
  [[nodiscard]] bool add(TlsLabel label, const ClientRandom& client_random, Bytes secret, KeySource source);

  std::optional<TlsSecret> find(const ClientRandom& client_random, TlsLabel label) const;
  bool knows(const ClientRandom& client_random) const { return sessions_.contains(client_random); }

  std::size_t sessions() const { return sessions_.size(); }
  std::size_t size() const { return slots_.size(); }
  // Grows with every secret that is new or other than before.
  std::uint64_t changes() const { return changes_; }

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;

  // One secret; those of a session are a list, newest first.
  struct Slot {
    std::size_t offset = 0;  // into bytes_
    std::uint32_t next = kNone;
    TlsLabel label = TlsLabel::ClientRandom;
    KeySource source = KeySource::File;
    std::uint8_t size = 0;
    std::uint8_t room = 0;  // the longest it was; what is replaced goes back to the same place
  };

  Bytes bytes_of(const Slot& slot) const { return Bytes(bytes_).subspan(slot.offset, slot.size); }
  void write(Slot& slot, Bytes secret, KeySource source);

  std::map<ClientRandom, std::uint32_t> sessions_;  // first slot
  std::vector<Slot> slots_;
  std::vector<std::uint8_t> bytes_;
  std::uint64_t changes_ = 0;
};

}  // namespace overhear
