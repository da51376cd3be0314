#include "capture/connection_table.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace overhear {

namespace {

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

void Schedule::set(TcpConnection& connection, std::int64_t key) {
  std::int64_t& noted = connection.scheduled[slot_];
  if (noted == key) return;
  if (noted != TcpConnection::kNotScheduled) entries_.erase({noted, connection.number(), &connection});
  noted = key;
  if (noted != TcpConnection::kNotScheduled) entries_.insert({noted, connection.number(), &connection});
}

ConnectionTable::ConnectionTable() : connections_(0, FlowHash(random_seed())) {}

TcpConnection& ConnectionTable::insert(const FlowKey& key, bool first_is_low, std::uint64_t number) {
  auto connection = std::make_unique<TcpConnection>(key, first_is_low, number);
  return *connections_.insert_or_assign(key, std::move(connection)).first->second;
}

void ConnectionTable::erase(TcpConnection& connection) {
  for (Schedule* schedule : {&idle, &deadlines, &holding, &lingering}) {
    schedule->set(connection, TcpConnection::kNotScheduled);
  }
  ++erased_;
  connections_.erase(FlowKey(connection.key()));
}

std::vector<TcpConnection*> ConnectionTable::open_in_order() const {
  std::vector<TcpConnection*> open;
  open.reserve(open_connections());
  for (const auto& [key, connection] : connections_) {
    if (!connection->is_closed()) open.push_back(connection.get());
  }
  std::ranges::sort(open, {}, [](const TcpConnection* connection) { return connection->number(); });
  return open;
}

// A segment only notes its count in its connection. The schedule is brought up to date here, and each correction is
// paid for by at least one segment since the last.
TcpConnection& ConnectionTable::longest_idle() {
  while (idle.first().last_active != idle.first_key()) idle.set(idle.first(), idle.first().last_active);
  return idle.first();
}

}  // namespace overhear
