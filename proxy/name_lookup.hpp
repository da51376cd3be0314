// Finds the addresses behind a host's name. The system's own search may take half a minute and cannot be called off:
// each has a thread of its own, so that one name holds up no other, and nobody waits for a search that was given up.
#pragma once

#include <atomic>
#include <expected>
#include <memory>

#include "proxy/asio.hpp"
#include "proxy/proxy_mode.hpp"

namespace overhear {

class NameLookup {
 public:
  explicit NameLookup(asio::io_context& io) : io_(io) {}

  using Found = std::expected<tcp::resolver::results_type, error_code>;
  // Cancelling `patience`, which nobody else uses meanwhile, gives it up.
  asio::awaitable<Found> find(const HostPort& place, asio::steady_timer& patience);

 private:
  asio::io_context& io_;
  std::shared_ptr<std::atomic<int>> running_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace overhear
