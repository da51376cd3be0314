// The text form of keys: the NSS key-log format that SSLKEYLOGFILE writes, with labels of ours beside those of TLS
// (docs/key-log.md). Turns text into entries, one a line; KeyStore keeps them.
//
// What is wrong with a line is told with its number and never with what stood in it: that may be half a key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "decrypt/tls_secrets.hpp"

namespace overhear {

struct KeyLogProblem {
  std::string name;      // of the file or block, as it was given
  std::size_t line = 0;  // 1-based
  std::string text;      // "the private key is not hexadecimal"
};

// Keeps the first hundred and counts the rest.
struct KeyLogProblems {
  static constexpr std::size_t kKept = 100;

  std::vector<KeyLogProblem> items;
  std::size_t total = 0;

  void add(std::string_view name, std::size_t line, std::string_view text);
};

enum class KeyLabel : std::uint8_t { McpDhPrivateKey, McpDhSharedSecret, McpKey, CchatDhPrivateKey, Tls };

std::string_view to_string(KeyLabel label);  // as the key log writes it; empty for Tls

struct KeyLogEntry {
  KeyLabel label = KeyLabel::Tls;
  TlsLabel tls_label = TlsLabel::ClientRandom;  // where label is Tls
  // Public key, or client random. Public and private keys are numbers without leading zeros, secrets are verbatim.
  std::vector<std::uint8_t> id;  // empty for "-"
  std::vector<std::uint8_t> secret;
  bool is_negative = false;  // cchat's Java client draws its first private key with a sign
};

class KeyLogReader {
 public:
  static constexpr std::size_t kMaxLine = 4096;
  // Gets each entry, valid during the call; answers what is wrong with it, or nothing.
  using OnEntry = std::function<std::string_view(const KeyLogEntry&)>;

  // `problems` must outlive the reader.
  KeyLogReader(std::string name, KeyLogProblems& problems, OnEntry on_entry);

  // Text in pieces of any size; the last line may lack its end.
  void feed(Bytes text);
  void finish();

 private:
  void take_line(std::string_view line);
  // What is wrong with the line; empty for an entry that was taken and for a line that is none.
  std::string_view parse(std::string_view line);

  std::string name_;
  KeyLogProblems& problems_;
  OnEntry on_entry_;
  std::string partial_;  // the line that is not complete yet, up to kMaxLine
  bool is_too_long_ = false;
  std::size_t line_ = 0;
  KeyLogEntry entry_;
};

// One line with its end, for who writes a key log. `id` empty is written "-".
void append_key_log_line(std::string& out, KeyLabel label, Bytes id, Bytes secret);
void append_key_log_line(std::string& out, TlsLabel label, const ClientRandom& client_random, Bytes secret);

}  // namespace overhear
