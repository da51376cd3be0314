// Who says most, in bounded memory: of more than 4096 at a time the smaller half is given up and counted together, so
// that a count is exact while there are no more, and at least what is told beyond that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace overhear {

class TopList {
 public:
  struct Entry {
    std::string name;
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
  };
  static constexpr std::size_t kMost = 4096;

  void add(std::string_view name, std::uint64_t bytes);

  // Those with the most messages, the first by name where they have as many.
  std::vector<Entry> top(std::size_t count) const;
  // Of those that were given up.
  const Entry& others() const { return others_; }
  std::size_t size() const { return entries_.size(); }

 private:
  void give_up_half();

  std::unordered_map<std::string, Entry> entries_;
  std::string key_;  // its memory is kept
  Entry others_;
};

}  // namespace overhear
