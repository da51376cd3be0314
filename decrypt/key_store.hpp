// All keys that this run was given, and the answer to "which of them opens this session". Asked by the dissectors once
// per handshake; knows nothing of messages.
//
// Threads: the lookups are const and may run on any number of threads at once (the one that computes public keys
// locks); loading must not run beside anything else.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/limits.hpp"
#include "decrypt/cchat_key.hpp"
#include "decrypt/dh_group.hpp"
#include "decrypt/key_log.hpp"
#include "decrypt/mcp_secret.hpp"
#include "decrypt/number.hpp"
#include "decrypt/tls_secrets.hpp"

namespace overhear {

class KeyStore {
 public:
  static constexpr std::size_t kMaxKeys = 1'000'000;  // of each kind that is not TLS

  explicit KeyStore(const Limits& limits = {});

  // Adds what the file (or pipe) holds to what is here; loading the same again changes nothing. Lines that are no keys
  // go to `problems`. The error names the file.
  [[nodiscard]] std::expected<void, Error> load_file(const std::string& path, KeyLogProblems& problems);
  // The same for text that is at hand: a Decryption Secrets Block. `name` stands in the problems.
  void load(Bytes text, KeySource source, std::string_view name, KeyLogProblems& problems);

  // What opens the MCP session whose handshakes carried these public keys: big-endian numbers, leading zeros do not
  // count, empty where that side's handshake was not seen. A private key of either side needs both.
  // The first lookups may compute the public keys of private keys that came without (Limits::derived_keys of them, each
  // once, about a millisecond each); after that a lookup without success is two searches.
  std::optional<McpSecret> find_mcp(Bytes client_public, Bytes server_public) const;
  // How many lines could have fitted, for "none of the 3 MCP keys given fits".
  std::size_t mcp_keys() const { return private_keys_.size() + shared_secrets_.size() + ready_keys_.size(); }

  // In the order in which they were given. Valid until something is loaded.
  std::span<const CchatPrivateKey> cchat_keys() const { return cchat_keys_; }

  const TlsSecrets& tls() const { return tls_; }

  // Grows with every key that was not here before: who holds back ciphertext sees that asking again is worthwhile.
  std::uint64_t revision() const { return revision_; }

 private:
  struct ReadyKey {
    std::array<std::uint8_t, 32> bytes{};
    std::size_t size = 0;
  };

  std::string_view add(const KeyLogEntry& entry, KeySource source);
  std::string_view add_private_key(const KeyLogEntry& entry);
  std::string_view add_shared_secret(const KeyLogEntry& entry);
  std::string_view add_ready_key(const KeyLogEntry& entry);
  std::string_view add_cchat_key(const KeyLogEntry& entry);
  // The private key whose public key this is, as far as the public key beside it or a computed one tells.
  const Number* find_private(const Number& public_key) const;

  std::size_t derived_limit_;
  std::vector<Number> private_keys_;                // MCP, in the order given
  std::set<Number> known_private_keys_;             // the same, to know a repetition
  std::map<Number, std::size_t> stated_public_;     // public key as stated -> index; may be stated wrongly
  std::map<Number, modp5::Secret> shared_secrets_;  // by public key, the client's if the line is right
  std::map<Number, ReadyKey> ready_keys_;
  std::vector<CchatPrivateKey> cchat_keys_;
  std::set<CchatPrivateKey> known_cchat_keys_;
  TlsSecrets tls_;
  std::uint64_t revision_ = 0;

  mutable std::mutex derive_mutex_;  // guards the two below
  mutable std::map<Number, std::size_t> derived_public_;
  mutable std::size_t derived_ = 0;  // so many private keys, from the first on, have their public key above
};

}  // namespace overhear
