// The four values that name a connection, the same for both directions, packed so that a look-up compares words.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>

#include "capture/tcp_segment.hpp"

namespace overhear {

struct FlowKey {
  std::array<std::uint64_t, 4> addresses{};  // of the lower end, then of the higher
  std::uint64_t ports_and_family = 0;

  friend bool operator==(const FlowKey&, const FlowKey&) = default;

  // Both ends are the same endpoint.
  bool is_loop() const {
    return addresses[0] == addresses[2] && addresses[1] == addresses[3] &&
           ((ports_and_family ^ ports_and_family >> 16) & 0xFFFF) == 0;
  }
};

struct Flow {
  FlowKey key;
  bool source_is_low = false;
};

inline Flow flow_of(const TcpSegment& segment) {
  const auto words = [](const Address& address) {
    std::array<std::uint64_t, 2> result;
    static_assert(sizeof result == sizeof address.bytes);
    std::memcpy(result.data(), address.bytes.data(), sizeof result);
    return result;
  };
  auto low = words(segment.source.address);
  auto high = words(segment.destination.address);
  std::uint64_t low_port = segment.source.port;
  std::uint64_t high_port = segment.destination.port;
  std::uint64_t low_family = segment.source.address.is_v6;
  std::uint64_t high_family = segment.destination.address.is_v6;
  // Any order that does not depend on the direction will do.
  const bool source_is_low =
      std::tie(low[0], low[1], low_port, low_family) <= std::tie(high[0], high[1], high_port, high_family);
  if (!source_is_low) {
    std::swap(low, high);
    std::swap(low_port, high_port);
    std::swap(low_family, high_family);
  }
  return {{{low[0], low[1], high[0], high[1]}, low_port | high_port << 16 | low_family << 32 | high_family << 33},
          source_is_low};
}

// An index, never an identity. Seeded, so that nobody can prepare a capture whose connections all collide; nothing
// that can be observed depends on the seed.
class FlowHash {
 public:
  using is_avalanching = std::true_type;

  explicit FlowHash(std::uint64_t seed) : seed_(seed) {}

  std::size_t operator()(const FlowKey& key) const {
    std::uint64_t state = fold(key.addresses[0] ^ seed_, key.addresses[1] ^ 0x9E37'79B9'7F4A'7C15U);
    state = fold(key.addresses[2] ^ state, key.addresses[3] ^ 0xD1B5'4A32'D192'ED03U);
    return static_cast<std::size_t>(fold(key.ports_and_family ^ state, seed_ ^ 0x8CB9'2BA7'2F3D'8DD7U));
  }

 private:
  static std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }

  std::uint64_t seed_;
};

}  // namespace overhear
