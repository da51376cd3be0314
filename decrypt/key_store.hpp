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
#include "decrypt/aes.hpp"
#include "decrypt/cchat_key.hpp"
#include "decrypt/dh_group.hpp"
#include "decrypt/key_log.hpp"
#include "decrypt/mcp_secret.hpp"
#include "decrypt/number.hpp"
#include "decrypt/tls_secrets.hpp"

namespace overhear {

// Where the secret of an MCP session can stand, in the order in which it is looked for there: with the proxy that made
// it; listed for the client's public key; the private key of either side; what is listed for the server's public key by
// mistake, which is the last resort since servers keep theirs over many sessions.
enum class McpWay : std::uint8_t { Proxied, ClientSecret, ClientKey, PrivateKey, ServerSecret, ServerKey };
inline constexpr std::array kMcpWays{McpWay::Proxied,    McpWay::ClientSecret, McpWay::ClientKey,
                                     McpWay::PrivateKey, McpWay::ServerSecret, McpWay::ServerKey};

class KeyStore {
 public:
  static constexpr std::size_t kMaxKeys = 1'000'000;  // of each kind that is not TLS

  explicit KeyStore(const Limits& limits = {});

  // Adds what the file (or pipe) holds to what is here; loading the same again changes nothing. Lines that are no keys
  // go to `problems`. The error names the file.
  [[nodiscard]] std::expected<void, Error> load_file(const std::string& path, KeyLogProblems& problems);
  // The same for text that is at hand: a Decryption Secrets Block. `name` stands in the problems.
  void load(Bytes text, KeySource source, std::string_view name, KeyLogProblems& problems);

  // The secret of an MCP session that a proxy stands in, by the public key that its client says. Kept until it is
  // forgotten.
  void add_proxied(Bytes client_public, const modp5::Secret& secret);
  void forget_proxied(Bytes client_public);

  // What one way of looking finds for the MCP session whose handshakes carried these public keys: big-endian numbers,
  // leading zeros do not count, empty where that side's handshake was not seen. A private key of either side needs
  // both. Lines may be wrong, so who asks tries what a way finds and goes on to the next. No answer depends on what was
  // asked before. McpWay::PrivateKey may compute the public keys of private keys that came without
  // (Limits::derived_keys of them, each once, about a millisecond each); after that a lookup without success is two
  // searches.
  std::optional<McpSecret> find_mcp(McpWay way, Bytes client_public, Bytes server_public) const;
  // How people who lack an MCP key come by one, for findings. Static storage.
  std::string_view mcp_advice() const { return mcp_advice_; }
  void set_mcp_advice(std::string_view advice) { mcp_advice_ = advice; }
  // How many lines could have fitted, for "none of the 3 MCP keys given fits".
  std::size_t mcp_keys() const { return private_keys_.size() + shared_secrets_.size() + ready_keys_.size(); }

  // How many private keys are tried only on sessions whose public key their line names.
  std::size_t keys_beyond_derived() const {
    return private_keys_.size() > derived_limit_ ? private_keys_.size() - derived_limit_ : 0;
  }

  // In the order in which they were given. Valid until something is loaded.
  std::span<const CchatPrivateKey> cchat_keys() const { return cchat_keys_; }

  const TlsSecrets& tls() const { return tls_; }
  std::optional<TlsSecret> find_tls(const ClientRandom& client_random, TlsLabel label) const;

  // A key log with what was found so far for sessions that were looked up, and no more than these sessions need:
  // an MCP session's shared secret, not the private key that it came from. In an order that does not depend on who
  // asked first. Of cchat's keys those that were noted.
  std::string used_key_log() const;
  // A cchat key has opened something.
  void note_use(const CchatPrivateKey& key) const;

  // Whether keys may come behind the data that they open: then who lacks one may hold it back for a while.
  bool may_grow() const { return may_grow_; }
  void set_may_grow(bool may_grow) { may_grow_ = may_grow; }
  // Grows with every key that was not here before: who holds back ciphertext sees that asking again is worthwhile.
  std::uint64_t revision() const { return revision_; }

 private:
  std::string_view add(const KeyLogEntry& entry, KeySource source);
  std::string_view add_private_key(const KeyLogEntry& entry);
  std::string_view add_shared_secret(const KeyLogEntry& entry);
  std::string_view add_ready_key(const KeyLogEntry& entry);
  std::string_view add_cchat_key(const KeyLogEntry& entry);
  std::optional<McpSecret> find_proxied(const Number& public_key) const;
  // By the public key that the line names.
  std::optional<McpSecret> find_shared_secret(const Number& public_key) const;
  std::optional<McpSecret> find_ready_key(const Number& public_key) const;
  std::optional<McpSecret> look_up_mcp(McpWay way, const Number& client, const Number& server) const;
  // The session's secret, where the private key that belongs to the public key `own` is held.
  std::optional<McpSecret> from_private_key(const Number& own, const Number& other, bool compute) const;
  // nullptr where it is not held, or (unless `compute`) where that is not known yet.
  const Number* find_private(const Number& public_key, bool compute) const;

  std::size_t derived_limit_;
  std::map<Number, std::size_t, NumberOrder> known_private_keys_;  // MCP -> index
  std::vector<const Number*> private_keys_;                        // the same in the order given; into the map
  std::map<Number, std::size_t, NumberOrder> stated_public_;  // public key as stated -> index; people state wrong ones
  std::map<Number, modp5::Secret, NumberOrder> shared_secrets_;  // by public key, the client's if the line is right
  std::map<Number, AesKey, NumberOrder> ready_keys_;             // the same
  std::map<Number, modp5::Secret, NumberOrder> proxied_;         // the same
  std::vector<CchatPrivateKey> cchat_keys_;
  std::array<std::set<Number, NumberOrder>, 2> known_cchat_keys_;  // by sign
  TlsSecrets tls_;
  std::string_view mcp_advice_ = "--keylog";
  std::uint64_t revision_ = 0;
  bool may_grow_ = false;

  mutable std::mutex use_mutex_;  // guards what follows
  mutable std::set<std::string> used_lines_;
  mutable std::set<ClientRandom> used_randoms_;

  mutable std::mutex derive_mutex_;  // guards what follows
  mutable std::map<Number, std::size_t, NumberOrder> derived_public_;
  mutable std::set<std::size_t> checked_;  // indices whose public key is in derived_public_
  mutable std::size_t derived_ = 0;        // all before are checked
};

}  // namespace overhear
