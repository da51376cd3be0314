// Which lines that servers bring say again what was told already, where their author's own message was not: the first
// copy stands for it, a later one is a copy if it has the same text, no other server, room or user, comes within
// Limits::copy_ns, and to a session that has not had one. So what somebody says twice is two lines: it comes twice to
// each member. An author's own line may come late, from a session that waited for its key: it is not told again either.
//
// Bounded: what is older is forgotten, and the oldest when all take more than Limits::copy_bytes, or more than
// Limits::copies_alike say the same. Then a copy may be taken for something new, never the other way round.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/endpoint.hpp"
#include "base/limits.hpp"
#include "base/time.hpp"

namespace overhear {

struct Protocol;

class Copies {
 public:
  // `limits` outlives this.
  explicit Copies(const Limits& limits) : limits_(limits) {}

  // What they mean, escapes resolved; empty: not told.
  struct Line {
    const Protocol* protocol = nullptr;
    Endpoint server;
    std::string room;
    std::string user;
    std::string text;
  };

  // Whether this, which a server brings, has not been told yet; then it has been from now on.
  bool is_new(const Line& line, std::uint32_t session, Timestamp time);
  // Whether a copy of this, which its author says, was told before it.
  bool is_late(const Line& line, Timestamp time);

  std::size_t bytes() const { return bytes_; }

 private:
  struct Told {
    Line line;
    Timestamp time;
    std::uint64_t key;
    bool has_original = false;                 // its author's own message came behind it
    std::unordered_set<std::uint32_t> had_by;  // sessions that it was brought to
  };

  void forget_first();

  const Limits& limits_;
  std::deque<Told> told_;
  std::uint64_t first_ = 0;                                              // the number of told_.front()
  std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> alike_;  // by key, numbers in order
  std::size_t bytes_ = 0;
};

}  // namespace overhear
