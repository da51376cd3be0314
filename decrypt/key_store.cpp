#include "decrypt/key_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace overhear {
namespace {

constexpr std::string_view kFull = "there are too many keys already";

// A file descriptor that is closed when its holder goes.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Error cannot_read(const std::string& path) {
  return {ErrorKind::Input, fmt::format("cannot read the key log {}: {}", path, std::strerror(errno))};
}

}  // namespace

KeyStore::KeyStore(const Limits& limits) : derived_limit_(limits.derived_keys) {}

std::expected<void, Error> KeyStore::load_file(const std::string& path, KeyLogProblems& problems) {
  // read() rather than a stream or a mapping: keys also come through pipes and process substitution.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return std::unexpected(cannot_read(path));
  KeyLogReader reader(path, problems, [this](const KeyLogEntry& entry) { return add(entry, KeySource::File); });
  std::vector<std::uint8_t> buffer(64u << 10);
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(cannot_read(path));
    if (got == 0) break;
    reader.feed(Bytes(buffer).first(static_cast<std::size_t>(got)));
  }
  reader.finish();
  return {};
}

void KeyStore::load(Bytes text, KeySource source, std::string_view name, KeyLogProblems& problems) {
  KeyLogReader reader(std::string(name), problems,
                      [this, source](const KeyLogEntry& entry) { return add(entry, source); });
  reader.feed(text);
  reader.finish();
}

std::string_view KeyStore::add(const KeyLogEntry& entry, KeySource source) {
  switch (entry.label) {
    case KeyLabel::McpDhPrivateKey: return add_private_key(entry);
    case KeyLabel::McpDhSharedSecret: return add_shared_secret(entry);
    case KeyLabel::McpKey: return add_ready_key(entry);
    case KeyLabel::CchatDhPrivateKey: return add_cchat_key(entry);
    case KeyLabel::Tls: break;
  }
  ClientRandom client_random{};
  std::ranges::copy(entry.id, client_random.begin());
  const std::uint64_t before = tls_.changes();
  if (!tls_.add(entry.tls_label, client_random, entry.secret, source)) return kFull;
  revision_ += tls_.changes() - before;
  return {};
}

std::string_view KeyStore::add_private_key(const KeyLogEntry& entry) {
  auto known = known_private_keys_.find(entry.secret);
  if (known == known_private_keys_.end()) {
    if (private_keys_.size() >= kMaxKeys) return kFull;
    known = known_private_keys_.emplace(entry.secret, private_keys_.size()).first;
    private_keys_.push_back(&known->first);
    ++revision_;
  }
  if (entry.id.empty()) return {};
  const auto stated = stated_public_.find(entry.id);
  if (stated == stated_public_.end()) {
    if (stated_public_.size() >= kMaxKeys) return kFull;
    stated_public_.emplace(entry.id, known->second);
    ++revision_;
  } else if (stated->second != known->second) {
    stated->second = known->second;
    ++revision_;
  }
  return {};
}

std::string_view KeyStore::add_shared_secret(const KeyLogEntry& entry) {
  modp5::Secret secret{};
  write_padded(entry.secret, secret);
  const auto known = shared_secrets_.find(entry.id);
  if (known == shared_secrets_.end()) {
    if (shared_secrets_.size() >= kMaxKeys) return kFull;
    shared_secrets_.emplace(entry.id, secret);
  } else if (known->second != secret) {
    known->second = secret;
  } else {
    return {};
  }
  ++revision_;
  return {};
}

std::string_view KeyStore::add_ready_key(const KeyLogEntry& entry) {
  AesKey key;
  key.size = entry.secret.size();
  std::ranges::copy(entry.secret, key.bytes.begin());
  const auto known = ready_keys_.find(entry.id);
  if (known == ready_keys_.end()) {
    if (ready_keys_.size() >= kMaxKeys) return kFull;
    ready_keys_.emplace(entry.id, key);
  } else if (known->second != key) {
    known->second = key;
  } else {
    return {};
  }
  ++revision_;
  return {};
}

std::string_view KeyStore::add_cchat_key(const KeyLogEntry& entry) {
  auto& known = known_cchat_keys_[entry.is_negative ? 1 : 0];
  if (known.contains(entry.secret)) return {};
  if (cchat_keys_.size() >= kMaxKeys) return kFull;
  known.insert(entry.secret);
  cchat_keys_.push_back({entry.secret, entry.is_negative});
  ++revision_;
  return {};
}

void KeyStore::add_proxied(Bytes client_public, const modp5::Secret& secret) {
  proxied_.insert_or_assign(to_number(client_public), secret);
  ++revision_;
}

void KeyStore::forget_proxied(Bytes client_public) {
  proxied_.erase(to_number(client_public));
}

std::optional<McpSecret> KeyStore::find_mcp(McpWay way, Bytes client_public, Bytes server_public) const {
  const Number client = to_number(client_public);
  const Number server = to_number(server_public);
  const auto secret = look_up_mcp(way, client, server);
  if (!secret || secret->origin == McpKeyOrigin::Proxy) return secret;
  const KeyLabel label = secret->is_ready_key() ? KeyLabel::McpKey : KeyLabel::McpDhSharedSecret;
  std::string line;
  append_key_log_line(line, label, client.empty() ? server : client, secret->view());
  const std::lock_guard lock(use_mutex_);
  used_lines_.insert(std::move(line));
  return secret;
}

std::optional<TlsSecret> KeyStore::find_tls(const ClientRandom& client_random, TlsLabel label) const {
  const auto secret = tls_.find(client_random, label);
  if (!secret) return secret;
  const std::lock_guard lock(use_mutex_);
  used_randoms_.insert(client_random);
  return secret;
}

void KeyStore::note_use(const CchatPrivateKey& key) const {
  std::string line;
  append_key_log_line(line, KeyLabel::CchatDhPrivateKey, {}, key.magnitude);
  if (key.is_negative) line.insert(line.rfind(' ') + 1, 1, '-');
  const std::lock_guard lock(use_mutex_);
  used_lines_.insert(std::move(line));
}

std::string KeyStore::used_key_log() const {
  const std::lock_guard lock(use_mutex_);
  std::string text;
  for (const std::string& line : used_lines_) text += line;
  for (const ClientRandom& random : used_randoms_) {
    for (const TlsLabel label : kTlsLabels) {
      if (const auto secret = tls_.find(random, label)) append_key_log_line(text, label, random, secret->bytes);
    }
  }
  return text;
}

std::optional<McpSecret> KeyStore::look_up_mcp(McpWay way, const Number& client, const Number& server) const {
  switch (way) {
    case McpWay::Proxied: return find_proxied(client);
    case McpWay::ClientSecret: return find_shared_secret(client);
    case McpWay::ClientKey: return find_ready_key(client);
    case McpWay::ServerSecret: return find_shared_secret(server);
    case McpWay::ServerKey: return find_ready_key(server);
    case McpWay::PrivateKey: break;
  }
  if (client.empty() || server.empty()) return std::nullopt;
  // Both sides' keys make the same secret; what is cheap comes first.
  for (const bool compute : {false, true}) {
    if (auto secret = from_private_key(client, server, compute)) return secret;
    if (auto secret = from_private_key(server, client, compute)) return secret;
  }
  return std::nullopt;
}

std::optional<McpSecret> KeyStore::find_proxied(const Number& public_key) const {
  const auto held = proxied_.find(public_key);
  if (held == proxied_.end()) return std::nullopt;
  return McpSecret{McpKeyOrigin::Proxy, held->second, held->second.size()};
}

std::optional<McpSecret> KeyStore::find_shared_secret(const Number& public_key) const {
  const auto held = shared_secrets_.find(public_key);
  if (held == shared_secrets_.end()) return std::nullopt;
  return McpSecret{McpKeyOrigin::SharedSecret, held->second, held->second.size()};
}

std::optional<McpSecret> KeyStore::find_ready_key(const Number& public_key) const {
  const auto held = ready_keys_.find(public_key);
  if (held == ready_keys_.end()) return std::nullopt;
  McpSecret secret{.origin = McpKeyOrigin::Key, .bytes = {}, .size = held->second.size};
  std::ranges::copy(held->second.view(), secret.bytes.begin());
  return secret;
}

std::optional<McpSecret> KeyStore::from_private_key(const Number& own, const Number& other, bool compute) const {
  const Number* key = find_private(own, compute);
  if (key == nullptr) return std::nullopt;
  McpSecret secret{.origin = McpKeyOrigin::DhPrivateKey, .bytes = {}, .size = modp5::kBytes};
  if (!modp5::shared_secret(other, *key, secret.bytes)) return std::nullopt;
  return secret;
}

const Number* KeyStore::find_private(const Number& public_key, bool compute) const {
  const std::lock_guard lock(derive_mutex_);
  const auto derived = derived_public_.find(public_key);
  if (derived != derived_public_.end()) return private_keys_[derived->second];
  const auto stated = stated_public_.find(public_key);
  if (stated != stated_public_.end() && checked_.insert(stated->second).second) {
    // People put the other side's public key there, or that of another run: only what is true may count.
    const Number truth = modp5::public_key(*private_keys_[stated->second]);
    if (truth == public_key || stated->second < derived_limit_) derived_public_.emplace(truth, stated->second);
    if (truth == public_key) return private_keys_[stated->second];
  }
  if (!compute) return nullptr;
  for (; derived_ < std::min(private_keys_.size(), derived_limit_); ++derived_) {
    if (!checked_.insert(derived_).second) continue;
    const std::size_t index = derived_;
    const auto [entry, is_new] = derived_public_.emplace(modp5::public_key(*private_keys_[index]), index);
    if (entry->first != public_key) continue;
    ++derived_;
    return private_keys_[index];
  }
  return nullptr;
}

}  // namespace overhear
