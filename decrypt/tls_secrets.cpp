#include "decrypt/tls_secrets.hpp"

#include <algorithm>
#include <cassert>

namespace overhear {
namespace {

struct Name {
  TlsLabel label;
  std::string_view text;
};

constexpr std::array<Name, 8> kNames{{
    {TlsLabel::ClientRandom, "CLIENT_RANDOM"},
    {TlsLabel::ClientEarlyTrafficSecret, "CLIENT_EARLY_TRAFFIC_SECRET"},
    {TlsLabel::ClientHandshakeTrafficSecret, "CLIENT_HANDSHAKE_TRAFFIC_SECRET"},
    {TlsLabel::ServerHandshakeTrafficSecret, "SERVER_HANDSHAKE_TRAFFIC_SECRET"},
    {TlsLabel::ClientTrafficSecret0, "CLIENT_TRAFFIC_SECRET_0"},
    {TlsLabel::ServerTrafficSecret0, "SERVER_TRAFFIC_SECRET_0"},
    {TlsLabel::EarlyExporterSecret, "EARLY_EXPORTER_SECRET"},
    {TlsLabel::ExporterSecret, "EXPORTER_SECRET"},
}};

}  // namespace

std::string_view to_string(TlsLabel label) {
  const auto name = std::ranges::find(kNames, label, &Name::label);
  return name == kNames.end() ? std::string_view{} : name->text;
}

std::optional<TlsLabel> tls_label(std::string_view text) {
  const auto name = std::ranges::find(kNames, text, &Name::text);
  if (name == kNames.end()) return std::nullopt;
  return name->label;
}

bool TlsSecrets::add(TlsLabel label, const ClientRandom& client_random, Bytes secret, KeySource source) {
  assert(!secret.empty() && secret.size() <= kMaxTlsSecretBytes);
  if (secret.empty() || secret.size() > kMaxTlsSecretBytes) return false;
  const auto session = sessions_.find(client_random);
  const std::uint32_t first = session == sessions_.end() ? kNone : session->second;
  for (std::uint32_t i = first; i != kNone; i = slots_[i].next) {
    if (slots_[i].label != label) continue;
    if (std::ranges::equal(secret, bytes_of(slots_[i]))) return true;
    write(slots_[i], secret, source);
    return true;
  }
  if (slots_.size() >= kMaxSecrets) return false;
  const auto index = static_cast<std::uint32_t>(slots_.size());
  slots_.push_back({.next = first, .label = label});
  write(slots_.back(), secret, source);
  sessions_.insert_or_assign(client_random, index);
  return true;
}

void TlsSecrets::write(Slot& slot, Bytes secret, KeySource source) {
  if (secret.size() > slot.room) {
    slot.offset = bytes_.size();
    slot.room = static_cast<std::uint8_t>(secret.size());
    bytes_.resize(bytes_.size() + secret.size());
  }
  std::ranges::copy(secret, bytes_.begin() + static_cast<std::ptrdiff_t>(slot.offset));
  slot.size = static_cast<std::uint8_t>(secret.size());
  slot.source = source;
  ++changes_;
}

std::optional<TlsSecret> TlsSecrets::find(const ClientRandom& client_random, TlsLabel label) const {
  const auto session = sessions_.find(client_random);
  if (session == sessions_.end()) return std::nullopt;
  for (std::uint32_t i = session->second; i != kNone; i = slots_[i].next) {
    const Slot& slot = slots_[i];
    if (slot.label == label) return TlsSecret{bytes_of(slot), slot.source};
  }
  return std::nullopt;
}

}  // namespace overhear
