#include "ui/model/packet_fetch.hpp"

#include <algorithm>
#include <utility>

#include "capture/merged_capture.hpp"

namespace overhear {
namespace {

using Fetched = std::expected<std::vector<FetchedPacket>, Error>;

// What the captures say beside their packets has been told before.
class Silent final : public CaptureEvents {
 public:
  void on_finding(Finding&, const Stamp&) override {}
  void on_secrets(std::uint32_t, Bytes) override {}
};

Fetched fetch(const std::vector<std::string>& captures, std::vector<std::uint64_t> numbers, const Limits& limits,
              const std::shared_ptr<std::atomic<bool>>& is_stopped) {
  std::ranges::sort(numbers);
  Silent events;
  auto file = open_captures(captures, events, limits);
  if (!file) return std::unexpected(file.error());
  std::vector<FetchedPacket> found;
  Packet packet;
  while (found.size() < numbers.size() && !*is_stopped) {
    const auto has_packet = (*file)->next(packet);
    if (!has_packet) return std::unexpected(has_packet.error());
    if (!*has_packet) break;
    if (!std::ranges::binary_search(numbers, packet.number)) continue;
    found.push_back({packet.number, packet.time.ns, std::string(as_text(packet.bytes))});
  }
  return found;
}

}  // namespace

PacketFetch::PacketFetch(std::vector<std::string> captures, std::vector<std::uint64_t> numbers, const Limits& limits)
    : is_stopped_(std::make_shared<std::atomic<bool>>(false)),
      result_(std::async(std::launch::async, fetch, std::move(captures), std::move(numbers), limits, is_stopped_)) {}

std::optional<Fetched> PacketFetch::poll() {
  if (!result_.valid() || result_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return std::nullopt;
  return result_.get();
}

}  // namespace overhear
