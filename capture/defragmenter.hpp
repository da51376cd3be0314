// Puts IP datagrams together from their fragments (RFC 791, 3.2; RFC 8200, 4.5), bounded in bytes and in capture time.
//
// Where fragments overlap, what came first stays, in IPv4; an IPv6 datagram whose fragments contradict each other is
// dropped, as hosts have to (RFC 5722, 4). An exact duplicate is none of the two. A whole datagram is remembered for a
// while, so that late duplicates of its fragments do not look like a new one.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/endpoint.hpp"
#include "base/finding.hpp"
#include "base/limits.hpp"
#include "base/time.hpp"
#include "capture/ip.hpp"

namespace overhear {

class Defragmenter {
 public:
  using FindingHandler = std::function<void(Finding& finding, const Stamp& at)>;

  Defragmenter(const Limits& limits, FindingHandler on_finding);

  // Takes a fragment. If that completes its datagram, `ip` becomes the whole datagram, whose payload is a view valid
  // until the next call, and the result is true. REQUIRES: ip.is_fragment.
  std::expected<bool, IpFault> add(IpPacket& ip, const Stamp& at);

  // Gives up what has waited too long. To be called as time goes on.
  void advance(const Stamp& at) {
    if (!waiting_.empty() || !settled_.empty()) expire(at);
  }
  // Gives up everything: the capture is over.
  void finish(const Stamp& at);

 private:
  struct Key {
    Address source;
    Address destination;
    std::uint32_t identification = 0;
    std::uint8_t protocol = 0;  // 0 in IPv6, where only the first fragment tells it

    friend auto operator<=>(const Key&, const Key&) = default;
  };
  // A run of the datagram's bytes that is there, kept at `stored` in Datagram::bytes.
  struct Piece {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::size_t stored = 0;
  };
  enum class State : std::uint8_t { Waiting, Whole, Dropped };
  enum class Overlap : std::uint8_t { None, Same, Conflict };
  struct Datagram {
    State state = State::Waiting;
    Overlap reported = Overlap::None;
    std::uint8_t protocol = 0;
    Stamp first;
    std::uint64_t age = 0;      // position in waiting_ or settled_
    std::vector<Piece> pieces;  // in order, disjoint
    std::vector<std::uint8_t> bytes;
    std::uint32_t received = 0;
    std::optional<std::uint32_t> length;  // known with the last fragment
  };
  using Datagrams = std::map<Key, Datagram>;
  // Oldest first. Maps, not hash tables: nobody can choose keys that make them slow.
  using Queue = std::map<std::uint64_t, Datagrams::iterator>;

  static std::size_t cost(const Datagram& datagram);
  Datagrams::iterator find_or_start(const IpPacket& ip, const Stamp& at);
  static bool contains(const Datagram& datagram, const IpPacket& ip);
  static Overlap overlap_with(const Datagram& datagram, const IpPacket& ip);
  static void store(Datagram& datagram, const IpPacket& ip);
  void assemble(const Datagram& datagram, IpPacket& ip);
  void settle(Datagrams::iterator it, State state);
  void erase(Datagrams::iterator it);
  void give_up(Datagrams::iterator it, const Stamp& at);
  void expire(const Stamp& at);
  void keep_limits(const Stamp& at);
  void report_overlap(const Key& key, Datagram& datagram, Overlap overlap, const Stamp& at);

  Limits limits_;
  FindingHandler on_finding_;
  Datagrams datagrams_;
  Queue waiting_;
  Queue settled_;  // whole or dropped
  std::uint64_t next_age_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::size_t settled_bytes_ = 0;
  std::vector<std::uint8_t> whole_;
};

}  // namespace overhear
