// All connections by their endpoints, and the orders in which they want attention. Owns them; knows nothing of what
// happens in them.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <tuple>
#include <vector>

#include "capture/flow_key.hpp"
#include "capture/tcp_connection.hpp"

namespace overhear {

// Connections in the order of a number each (a time, a count); equal numbers in the order of opening, so that no
// address in memory decides about anything.
class Schedule {
 public:
  // `slot`: which of TcpConnection::scheduled is this schedule's.
  explicit Schedule(std::size_t slot) : slot_(slot) {}

  // kNotScheduled takes the connection out.
  void set(TcpConnection& connection, std::int64_t key);
  bool contains(const TcpConnection& connection) const {
    return connection.scheduled[slot_] != TcpConnection::kNotScheduled;
  }
  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  // REQUIRES for both: !empty().
  std::int64_t first_key() const { return std::get<0>(*entries_.begin()); }
  TcpConnection& first() const { return *std::get<2>(*entries_.begin()); }

 private:
  std::size_t slot_;
  std::set<std::tuple<std::int64_t, std::uint64_t, TcpConnection*>> entries_;
};

class ConnectionTable {
 public:
  ConnectionTable();

  // Null if there is none.
  TcpConnection* find(const FlowKey& key) const {
    const auto found = connections_.find(key);
    return found == connections_.end() ? nullptr : found->second.get();
  }
  // REQUIRES: none with this key is there.
  TcpConnection& insert(const FlowKey& key, bool first_is_low, std::uint64_t number);
  void erase(TcpConnection& connection);

  // How many were erased so far: pointers to connections are good while this stands.
  std::uint64_t erased() const { return erased_; }

  std::size_t size() const { return connections_.size(); }
  std::size_t open_connections() const { return idle.size(); }
  // Those that are open, in the order of opening.
  std::vector<TcpConnection*> open_in_order() const;
  // REQUIRES: one is open. The one whose last segment is the longest ago.
  TcpConnection& longest_idle();

  Schedule idle{0};       // the open ones, by TcpConnection::last_active as it once was (see longest_idle)
  Schedule deadlines{1};  // those that wait for a time
  Schedule holding{2};    // those that hold bytes behind a hole, by when that began
  Schedule lingering{3};  // the closed ones, by when they are forgotten

 private:
  boost::unordered_flat_map<FlowKey, std::unique_ptr<TcpConnection>, FlowHash> connections_;
  std::uint64_t erased_ = 0;
};

}  // namespace overhear
