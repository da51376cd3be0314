#include "session/transcript/copies.hpp"

#include <algorithm>
#include <functional>

namespace overhear {
namespace {

constexpr std::size_t kOverhead = 512;  // of one entry, roughly
constexpr std::size_t kPerSession = 32;

std::uint64_t key_of(const Copies::Line& line) {
  return std::hash<std::string>()(line.text);
}

std::size_t cost_of(const Copies::Line& line) {
  return kOverhead + line.text.size() + line.room.size() + line.user.size();
}

bool is_compatible(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() || a == b;
}

bool is_alike(const Copies::Line& told, const Copies::Line& line) {
  return told.protocol == line.protocol && told.server == line.server && told.text == line.text &&
         is_compatible(told.room, line.room) && is_compatible(told.user, line.user);
}

}  // namespace

void Copies::forget_first() {
  const Told& told = told_.front();
  bytes_ -= cost_of(told.line) + kPerSession * told.had_by.size();
  const auto alike = alike_.find(told.key);
  if (alike != alike_.end() && alike->second.front() == first_) alike->second.erase(alike->second.begin());
  if (alike != alike_.end() && alike->second.empty()) alike_.erase(alike);
  told_.pop_front();
  ++first_;
}

bool Copies::is_new(const Line& line, std::uint32_t session, Timestamp time) {
  while (!told_.empty() && time - told_.front().time > limits_.copy_ns) forget_first();
  const std::uint64_t key = key_of(line);
  std::vector<std::uint64_t>& alike = alike_[key];
  for (const std::uint64_t number : alike) {
    Told& told = told_[number - first_];
    if (!is_alike(told.line, line) || !told.had_by.insert(session).second) continue;
    bytes_ += kPerSession;
    return false;
  }
  Told& told = told_.emplace_back(Told{.line = line, .time = time, .key = key, .had_by = {session}});
  bytes_ += cost_of(told.line) + kPerSession;
  alike.push_back(first_ + told_.size() - 1);
  if (alike.size() > limits_.copies_alike) alike.erase(alike.begin());
  while (bytes_ > limits_.copy_bytes && told_.size() > 1) forget_first();
  return true;
}

bool Copies::is_late(const Line& line, Timestamp time) {
  const auto alike = alike_.find(key_of(line));
  if (alike == alike_.end()) return false;
  for (const std::uint64_t number : alike->second) {
    Told& told = told_[number - first_];
    if (told.has_original || told.time < time || !is_alike(told.line, line)) continue;
    told.has_original = true;
    return true;
  }
  return false;
}

}  // namespace overhear
