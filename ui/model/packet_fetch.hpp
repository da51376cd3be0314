// Packets by their numbers, as they stand in the captures: read again beside the interface, for who looks at the bytes
// that carried a message.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/limits.hpp"

namespace overhear {

struct FetchedPacket {
  std::uint64_t number = 0;
  std::int64_t time_ns = 0;
  std::string bytes;  // of the link layer on
};

class PacketFetch {
 public:
  // Numbers over all `captures`, merged as an analysis does.
  PacketFetch(std::vector<std::string> captures, std::vector<std::uint64_t> numbers, const Limits& limits);
  // Ends the reading.
  ~PacketFetch() { *is_stopped_ = true; }
  PacketFetch(const PacketFetch&) = delete;

  // Nothing: it goes on. Given once.
  std::optional<std::expected<std::vector<FetchedPacket>, Error>> poll();

 private:
  std::shared_ptr<std::atomic<bool>> is_stopped_;
  std::future<std::expected<std::vector<FetchedPacket>, Error>> result_;
};

}  // namespace overhear
