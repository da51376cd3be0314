#include "session/transcript/copies.hpp"

#include <functional>

namespace overhear {
namespace {

constexpr std::size_t kOverhead = 512;  // of one entry, roughly
constexpr std::size_t kPerSession = 32;

std::uint64_t key_of(const Remark& remark) {
  return std::hash<std::string>()(remark.text) * 31 + static_cast<std::uint64_t>(remark.kind);
}

std::size_t cost_of(const Remark& remark) {
  return kOverhead + remark.text.size() + remark.room.size() + remark.user.size();
}

bool is_compatible(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() || a == b;
}

}  // namespace

bool Copies::is_alike(const Told& told, const Remark& remark, const Protocol* protocol) const {
  return told.protocol == protocol && told.remark.kind == remark.kind && told.remark.text == remark.text &&
         is_compatible(told.remark.room, remark.room) && is_compatible(told.remark.user, remark.user);
}

// Sessions that waited for a key are told late: then a copy comes before its original.
bool Copies::is_copy(const Told& told, std::uint32_t session, bool is_original, Timestamp time) const {
  if (is_original) return !told.has_original && told.time >= time;
  if (!told.had_by.contains(session)) return true;
  return told.remark.kind != RemarkKind::Said && time - told.time < kAtOnce;
}

void Copies::forget_first() {
  const Told& told = told_.front();
  bytes_ -= cost_of(told.remark) + kPerSession * told.had_by.size();
  const auto alike = alike_.find(told.key);
  if (alike != alike_.end() && alike->second.front() == first_) alike->second.erase(alike->second.begin());
  if (alike != alike_.end() && alike->second.empty()) alike_.erase(alike);
  told_.pop_front();
  ++first_;
}

bool Copies::is_new(const Remark& remark, const Protocol* protocol, std::uint32_t session, Direction from,
                    Timestamp time) {
  latest_ = std::max(latest_, time);
  while (!told_.empty() && latest_ - told_.front().time > kWindow) forget_first();
  const bool is_original = from == Direction::Client;
  const std::uint64_t key = key_of(remark);
  std::vector<std::uint64_t>& alike = alike_[key];
  for (const std::uint64_t number : alike) {
    Told& told = told_[number - first_];
    if (!is_alike(told, remark, protocol)) continue;
    if (!is_copy(told, session, is_original, time)) continue;
    told.has_original |= is_original;
    if (!is_original && told.had_by.insert(session).second) bytes_ += kPerSession;
    return false;
  }
  Told& told = told_.emplace_back(Told{protocol, remark, time, key, is_original, {}});
  if (!is_original) told.had_by.insert(session);
  bytes_ += cost_of(remark) + kPerSession * told.had_by.size();
  alike.push_back(first_ + told_.size() - 1);
  if (alike.size() > kMostAlike) alike.erase(alike.begin());
  while (bytes_ > kMostBytes && told_.size() > 1) forget_first();
  return true;
}

}  // namespace overhear
