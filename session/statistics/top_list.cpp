#include "session/statistics/top_list.hpp"

#include <algorithm>
#include <utility>

namespace overhear {
namespace {

bool is_before(const TopList::Entry& a, const TopList::Entry& b) {
  return std::pair(b.messages, std::string_view(a.name)) < std::pair(a.messages, std::string_view(b.name));
}

}  // namespace

void TopList::add(std::string_view name, std::uint64_t bytes) {
  key_ = name;
  auto found = entries_.find(key_);
  if (found == entries_.end()) {
    if (entries_.size() >= kMost) give_up_half();
    found = entries_.emplace(key_, Entry{.name = key_}).first;
  }
  ++found->second.messages;
  found->second.bytes += bytes;
}

std::vector<TopList::Entry> TopList::top(std::size_t count) const {
  std::vector<Entry> all;
  for (const auto& [name, entry] : entries_) all.push_back(entry);
  std::ranges::sort(all, is_before);
  if (all.size() > count) all.resize(count);
  return all;
}

void TopList::give_up_half() {
  const std::vector<Entry> all = top(entries_.size());
  for (std::size_t i = all.size() / 2; i < all.size(); ++i) {
    others_.messages += all[i].messages;
    others_.bytes += all[i].bytes;
    entries_.erase(all[i].name);
  }
}

}  // namespace overhear
