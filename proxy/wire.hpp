// What a relay's two connections carry on the wire, byte for byte, for who records that: one leg between the client and
// the proxy, one between the proxy and the server. What is shown of a relay is only sometimes what one of them carries.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/stream_event.hpp"
#include "base/time.hpp"

namespace overhear {

enum class Leg : std::uint8_t { Client, Server };
inline constexpr std::array kLegs{Leg::Client, Leg::Server};

// The leg of the client or of the server. On each leg Side::First is the end that opened it, so that what one side says
// goes from the same Side on both.
constexpr Leg leg_of(Side peer) {
  return peer == Side::First ? Leg::Client : Leg::Server;
}

// Which legs carry something.
enum class Legs : std::uint8_t { None, Client, Both };

constexpr bool has(Legs legs, Leg leg) {
  return legs == Legs::Both || (legs == Legs::Client && leg == Leg::Client);
}

using LegEnds = std::array<std::array<Endpoint, 2>, 2>;  // by Leg, by Side

// Gets it in order. Connections are told apart by a number that is used once.
class WireSink {
 public:
  virtual ~WireSink() = default;

  virtual void on_opened(std::uint64_t connection, const LegEnds& ends, Timestamp time) = 0;
  // `missing`: so many bytes in front of these are not known.
  virtual void on_bytes(std::uint64_t connection, Leg leg, Side from, std::uint64_t missing, Bytes bytes,
                        Timestamp time) = 0;
  // On both legs, as the proxy passes it on.
  virtual void on_end(std::uint64_t connection, Side from, Timestamp time) = 0;
  virtual void on_reset(std::uint64_t connection, Leg leg, Side from, Timestamp time) = 0;
  // By the proxy, where nobody else has.
  virtual void on_closed(std::uint64_t connection, Timestamp time) = 0;

  // The packet in which the client's leg has carried the last thing from there; 0: there is none.
  virtual std::uint64_t packet(std::uint64_t connection, Side from) const = 0;
};

}  // namespace overhear
