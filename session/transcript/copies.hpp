// Which messages say again what was said already: a line of a chat travels from its author to the server and from
// there to every member, back to the author perhaps, but was said once. A copy is what a server sends with the same
// kind and text, and no other room or user, within kWindow of the original, to a session that has not had one. So what
// somebody really says twice is two lines: each is a message of its own from the author, and comes twice to each
// member. Where the author's session was not seen, the first copy stands for the original. What is no speech is also a
// copy where the same session hears it again at once, as real servers do.
//
// Bounded: what is older than kWindow is forgotten, and the oldest when all take more than kMostBytes or kMostAlike say
// the same. Then a copy may be taken for something new, never the other way round.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/time.hpp"
#include "dissectors/message.hpp"
#include "session/transcript/remark.hpp"

namespace overhear {

class Copies {
 public:
  static constexpr std::int64_t kWindow = 10 * kSecond;
  static constexpr std::int64_t kAtOnce = kSecond;
  static constexpr std::size_t kMostBytes = 16u << 20;
  static constexpr std::size_t kMostAlike = 256;

  // Whether this has not been told yet; then it has been from now on.
  bool is_new(const Remark& remark, const Protocol* protocol, std::uint32_t session, Direction from, Timestamp time);

  std::size_t bytes() const { return bytes_; }

 private:
  struct Told {
    const Protocol* protocol;
    Remark remark;
    Timestamp time;
    std::uint64_t key;
    bool has_original;                         // its author's own message was seen
    std::unordered_set<std::uint32_t> had_by;  // sessions that it was delivered to
  };

  bool is_alike(const Told& told, const Remark& remark, const Protocol* protocol) const;
  bool is_copy(const Told& told, std::uint32_t session, bool is_original, Timestamp time) const;
  void forget_first();

  std::deque<Told> told_;
  std::uint64_t first_ = 0;                                              // the number of told_.front()
  std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> alike_;  // by key, numbers in order
  std::size_t bytes_ = 0;
  Timestamp latest_{INT64_MIN};
};

}  // namespace overhear
