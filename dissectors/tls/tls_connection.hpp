// What both directions of a TLS connection share: what the hellos agreed on, and which secrets there are for it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "decrypt/key_store.hpp"
#include "decrypt/tls_record_cipher.hpp"
#include "dissectors/message.hpp"
#include "dissectors/tls/tls_handshake.hpp"

namespace overhear {

// What a direction's records are sealed with (RFC 8446, 7.3). TLS 1.2 knows application data only.
enum class TlsEpoch : std::uint8_t { Early, Handshake, Application };

// What opens the records of one direction from some point on; without a cipher where the key log has no secret for it.
struct TlsReadState {
  TlsEpoch epoch = TlsEpoch::Application;
  const TlsSuite* suite = nullptr;
  std::vector<std::uint8_t> secret;
  KeySource source = KeySource::File;
  std::optional<TlsRecordCipher> cipher;
  std::uint64_t sequence = 0;  // of the next record
};

class TlsConnection {
 public:
  enum class EarlyData : std::uint8_t { None, Offered, Taken, Rejected };

  // `store` may be null.
  explicit TlsConnection(const KeyStore* store) : store_(store) {}

  void on_client_hello(const ClientHello& hello);
  void on_server_hello(const ServerHello& hello);
  void on_encrypted_extensions(const EncryptedExtensions& extensions);
  void on_server_certificate(std::string subject) { subject_ = std::move(subject); }
  // The hello of this side was not captured and will not come.
  void on_hello_missing(Direction direction);
  // Whether the server takes the early data cannot be told: then it is taken for taken.
  void on_early_data_unknown();

  // Both hellos are here, or one of them never will be.
  bool is_settled() const;
  bool has_hello(Direction direction) const { return hello(direction) == Hello::Known; }
  bool is_tls13() const { return version_ == static_cast<std::uint16_t>(TlsVersion::Tls13); }
  EarlyData early_data() const { return early_data_; }

  // Why nothing can be opened whatever the key log has: the version or suite. REQUIRES: has_hello(Server).
  bool is_supported() const { return suite_ != nullptr; }
  // The same for people. REQUIRES: !is_supported().
  std::string why_unsupported() const;

  // The key log is asked: the client's hello is here, and the server's if it was captured has a suite that is opened.
  bool may_have_key() const {
    return has_hello(Direction::Client) && (has_hello(Direction::Server) ? is_supported() : is_settled());
  }
  // The server's hello is missing, and nothing else has told the version.
  bool is_version_unknown() const { return hello(Direction::Server) == Hello::Missing && version_ == 0; }
  // Where the server's hello is missing, the lines of the key log may tell that it is TLS 1.3.
  void ask_key_log();
  // nullptr: not known, or none that is opened.
  const TlsSuite* suite() const { return suite_; }
  // Records open with it, though the hello that would have told it is missing.
  void on_suite_found(const TlsSuite& suite);

  // What may open the records of `direction` in `epoch`: one state, or one for each suite that may have been agreed
  // on. One without a cipher where there is no secret, or no suite.
  std::vector<TlsReadState> read_states(Direction direction, TlsEpoch epoch) const;
  // The same behind a KeyUpdate.
  TlsReadState updated(const TlsReadState& state) const;
  // Grows with every key.
  std::uint64_t revision() const { return store_ == nullptr ? 0 : store_->revision(); }

  // "TLS 1.3, TLS_AES_128_GCM_SHA256"
  std::string agreement() const;
  // The same with the names of the server, for people.
  std::string describe() const;
  // Which line of the key log is missing for what this direction sends in this epoch, for people.
  std::string why_unknown(Direction direction, TlsEpoch epoch) const;
  // True once: it is said for the whole session that the key log has nothing.
  bool take_first_report() { return !std::exchange(has_reported_, true); }
  // Whether the key log has anything of this session.
  bool is_in_key_log() const { return store_ != nullptr && store_->tls().knows(client_random_); }

 private:
  enum class Hello : std::uint8_t { Awaited, Known, Missing };

  Hello hello(Direction direction) const { return hellos_[static_cast<std::size_t>(direction)]; }
  TlsLabel label(Direction direction, TlsEpoch epoch) const;
  std::optional<TlsKeys> derive(const TlsSuite& suite, Direction direction, Bytes secret) const;
  std::vector<const TlsSuite*> possible_suites() const;

  const KeyStore* store_;
  std::array<Hello, 2> hellos_{Hello::Awaited, Hello::Awaited};
  TlsRandom client_random_{};
  TlsRandom server_random_{};
  std::uint16_t version_ = 0;
  std::uint16_t suite_id_ = 0;
  const TlsSuite* suite_ = nullptr;
  bool encrypts_then_macs_ = false;
  EarlyData early_data_ = EarlyData::None;
  bool has_reported_ = false;
  std::string server_name_;
  std::string protocol_;  // RFC 7301
  std::string subject_;
};

}  // namespace overhear
