#include "decrypt/key_log.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "decrypt/dh_group.hpp"
#include "decrypt/hex.hpp"
#include "decrypt/number.hpp"

namespace overhear {
namespace {

// Of labels that others write into the same file and that open nothing here: no problem, and no key.
constexpr std::array<std::string_view, 4> kOfNoUse = {"ECH_SECRET", "ECH_CONFIG", "RSA", "PMS_CLIENT_RANDOM"};

bool is_of_no_use(std::string_view label) {
  return label.starts_with("QUIC_") || std::ranges::find(kOfNoUse, label) != kOfNoUse.end();
}

constexpr std::size_t kMasterSecretBytes = 48;  // RFC 5246, 8.1

struct Name {
  KeyLabel label;
  std::string_view text;
};

constexpr std::array<Name, 4> kNames{{
    {KeyLabel::McpDhPrivateKey, "MCP_DH_PRIVATE_KEY"},
    {KeyLabel::McpDhSharedSecret, "MCP_DH_SHARED_SECRET"},
    {KeyLabel::McpKey, "MCP_KEY"},
    {KeyLabel::CchatDhPrivateKey, "CCHAT_DH_PRIVATE_KEY"},
}};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::string_view next_word(std::string_view& line) {
  const auto first = std::ranges::find_if_not(line, is_space);
  const auto last = std::find_if(first, line.end(), is_space);
  const std::string_view word(first, last);
  line = {last, line.end()};
  return word;
}

std::string_view parse_tls(TlsLabel label, std::string_view id, std::string_view secret, KeyLogEntry& entry) {
  entry.label = KeyLabel::Tls;
  entry.tls_label = label;
  if (!decode_hex(id, entry.id)) return "the client random is not hexadecimal";
  if (entry.id.size() != kClientRandomBytes) return "the client random is not 32 bytes long";
  if (!decode_hex(secret, entry.secret)) return "the secret is not hexadecimal";
  if (label == TlsLabel::ClientRandom) {
    return entry.secret.size() == kMasterSecretBytes ? "" : "the master secret is not 48 bytes long";
  }
  // As long as the hash of the cipher suite: SHA-256, SHA-384; SHA-512 for what may come.
  const std::size_t size = entry.secret.size();
  return size == 32 || size == 48 || size == 64 ? "" : "the secret is not 32, 48 or 64 bytes long";
}

std::string_view parse_public_key(std::string_view text, KeyLogEntry& entry) {
  if (text == "-") return {};
  if (!decode_hex(text, entry.id, OddHex::LeadingZero)) return "the public key is neither hexadecimal nor \"-\"";
  entry.id = to_number(entry.id);
  return entry.id.empty() ? "the public key is 0" : "";
}

std::string_view parse_private_key(std::string_view text, KeyLogEntry& entry) {
  if (entry.label == KeyLabel::CchatDhPrivateKey && text.starts_with('-')) {
    entry.is_negative = true;
    text.remove_prefix(1);
  }
  if (text.empty() || !decode_hex(text, entry.secret, OddHex::LeadingZero)) return "the private key is not hexadecimal";
  entry.secret = to_number(entry.secret);
  if (entry.secret.empty()) return "the private key is 0";
  return entry.secret.size() > kMaxNumberBytes ? "the private key is longer than 4096 bits" : "";
}

std::string_view parse_ours(KeyLabel label, std::string_view id, std::string_view secret, KeyLogEntry& entry) {
  entry.label = label;
  if (const auto problem = parse_public_key(id, entry); !problem.empty()) return problem;
  switch (label) {
    case KeyLabel::McpDhPrivateKey:
    case KeyLabel::CchatDhPrivateKey: return parse_private_key(secret, entry);
    case KeyLabel::McpDhSharedSecret:
      if (entry.id.empty()) return "the client's public key is missing";
      // Programs that hold it as a number print it as one.
      if (!decode_hex(secret, entry.secret, OddHex::LeadingZero)) return "the shared secret is not hexadecimal";
      return without_leading_zeros(entry.secret).size() > modp5::kBytes ? "the shared secret is longer than 1536 bits"
                                                                        : "";
    case KeyLabel::McpKey: {
      if (entry.id.empty()) return "the client's public key is missing";
      if (!decode_hex(secret, entry.secret)) return "the key is not hexadecimal";
      const std::size_t size = entry.secret.size();
      return size == 32 || size == 24 || size == 16 ? "" : "the key is not 32, 24 or 16 bytes long";
    }
    case KeyLabel::Tls: break;
  }
  return {};
}

}  // namespace

void KeyLogProblems::add(std::string_view name, std::size_t line, std::string_view text) {
  ++total;
  if (items.size() < kKept) items.push_back({std::string(name), line, std::string(text)});
}

std::string_view to_string(KeyLabel label) {
  const auto name = std::ranges::find(kNames, label, &Name::label);
  return name == kNames.end() ? std::string_view{} : name->text;
}

KeyLogReader::KeyLogReader(std::string name, KeyLogProblems& problems, OnEntry on_entry)
    : name_(std::move(name)), problems_(problems), on_entry_(std::move(on_entry)) {}

void KeyLogReader::feed(Bytes text) {
  std::string_view rest = as_text(text);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view piece = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (partial_.size() + piece.size() > kMaxLine) is_too_long_ = true;
    if (end == std::string_view::npos) {
      if (!is_too_long_) partial_ += piece;
      return;
    }
    if (is_too_long_ || partial_.empty()) {
      take_line(piece);
    } else {
      partial_ += piece;
      take_line(partial_);
    }
    partial_.clear();
    is_too_long_ = false;
  }
}

void KeyLogReader::finish() {
  if (!partial_.empty() || is_too_long_) take_line(partial_);
  partial_.clear();
  is_too_long_ = false;
}

void KeyLogReader::take_line(std::string_view line) {
  ++line_;
  if (is_too_long_) return problems_.add(name_, line_, "the line is longer than 4096 characters");
  if (line_ == 1) {
    if (line.starts_with("\xff\xfe") || line.starts_with("\xfe\xff")) {
      return problems_.add(name_, line_, "the file is UTF-16; save it as plain text");
    }
    if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  }
  const std::string_view problem = parse(line);
  if (!problem.empty()) problems_.add(name_, line_, problem);
}

std::string_view KeyLogReader::parse(std::string_view line) {
  const std::string_view label = next_word(line);
  if (label.empty() || label.starts_with('#') || is_of_no_use(label)) return {};
  const auto ours = std::ranges::find(kNames, label, &Name::text);
  const auto tls = tls_label(label);
  if (ours == kNames.end() && !tls) return "the label is not known";

  const std::string_view id = next_word(line);
  const std::string_view secret = next_word(line);
  if (secret.empty()) return "the line lacks a value: a label, a public key or client random, and a key are needed";
  if (!next_word(line).empty()) return "the line has more than three words";

  entry_.id.clear();
  entry_.secret.clear();
  entry_.is_negative = false;
  const std::string_view problem =
      tls ? parse_tls(*tls, id, secret, entry_) : parse_ours(ours->label, id, secret, entry_);
  return problem.empty() ? on_entry_(entry_) : problem;
}

namespace {

void append_words(std::string& out, std::string_view label, Bytes id, Bytes secret) {
  out += label;
  out += ' ';
  if (id.empty()) {
    out += '-';
  } else {
    append_hex(out, id);
  }
  out += ' ';
  append_hex(out, secret);
  out += '\n';
}

}  // namespace

void append_key_log_line(std::string& out, KeyLabel label, Bytes id, Bytes secret) {
  append_words(out, to_string(label), id, secret);
}

void append_key_log_line(std::string& out, TlsLabel label, const ClientRandom& client_random, Bytes secret) {
  append_words(out, to_string(label), client_random, secret);
}

}  // namespace overhear
