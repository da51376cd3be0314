// The numbers of a client's requests that wait for their answer, the newest of them: whether one is used again too
// soon.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace overhear::scrp {

class RequestIds {
 public:
  // False where a request with this number waits already.
  bool add(std::uint32_t id) {
    if (std::ranges::find(waiting_, id) != waiting_.end()) return false;
    if (waiting_.size() == kMost) waiting_.erase(waiting_.begin());
    waiting_.push_back(id);
    return true;
  }
  void answered(std::uint32_t id) {
    const auto found = std::ranges::find(waiting_, id);
    if (found != waiting_.end()) waiting_.erase(found);
  }

 private:
  static constexpr std::size_t kMost = 256;

  std::vector<std::uint32_t> waiting_;  // in their order; real servers never answer, so it is full at times
};

}  // namespace overhear::scrp
