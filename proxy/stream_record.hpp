// How the two ends of a StreamQueue write down what was relayed: a head, and what belongs to it behind that.
#pragma once

#include <cstdint>

#include "base/stream_event.hpp"
#include "proxy/stream_queue.hpp"
#include "proxy/wire.hpp"

namespace overhear {

enum class RelayedKind : std::uint8_t { Opened, Data, End, Closed, McpSecret, Finding, Keys, LegsOpened, Wire, Reset };

struct RecordHead {
  RelayedKind kind = RelayedKind::Data;
  Side from = Side::First;
  CloseReason reason = CloseReason::Fin;
  Leg leg = Leg::Client;
  Legs legs = Legs::None;
  std::uint64_t connection = 0;
  Timestamp time;
  // Of McpSecret the first one: how long the public key is, which stands before the secret.
  StreamQueue::Missing missing = {};
  const Rule* rule = nullptr;
};

}  // namespace overhear
