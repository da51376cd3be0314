// What an analysis is told beside the traffic.
#pragma once

#include <cstdint>
#include <vector>

#include "base/limits.hpp"
#include "dissectors/protocol.hpp"

namespace overhear {

// "-d tcp.port==9100,chatmaster": connections with this port at either end speak this protocol.
struct DecodeAs {
  std::uint16_t port = 0;
  const Protocol* protocol = nullptr;
};

struct AnalysisOptions {
  Limits limits;
  std::vector<DecodeAs> decode_as;
};

}  // namespace overhear
