// What may be wrong with the network between a client and its server, as somebody wants it: by the names that Toxiproxy
// has for it, and read from JSON of its shape.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/stream_event.hpp"
#include "proxy/settings_reader.hpp"

namespace overhear {

namespace fault {

struct Latency {
  std::chrono::milliseconds latency{};
  std::chrono::milliseconds jitter{};
};
struct Bandwidth {
  std::uint64_t rate = 1;  // of 1000 bytes a second
};
struct SlowClose {
  std::chrono::milliseconds delay{};
};
struct Timeout {
  std::chrono::milliseconds timeout{};  // 0: for ever
};
struct ResetPeer {
  std::chrono::milliseconds timeout{};
};
struct Slicer {
  std::uint64_t average_size = 0;    // 0: no cuts by size
  std::uint64_t size_variation = 0;  // less than average_size
  std::chrono::microseconds delay{};
  bool is_at_worst = false;  // cuts where a receiver is most likely not to expect one
  bool glues = false;        // two messages come as one piece
};
struct LimitData {
  std::uint64_t bytes = 0;
};

}  // namespace fault

struct Fault {
  std::string name = {};
  Side to = Side::First;  // who receives what it is done to
  double toxicity = 1;    // how likely a connection has it
  std::variant<fault::Latency, fault::Bandwidth, fault::SlowClose, fault::Timeout, fault::ResetPeer, fault::Slicer,
               fault::LimitData>
      what = fault::Latency{};
};

// "latency 100±20 ms, server to client"; behind its name, where it has one.
std::string to_string(const Fault& fault);

struct FaultPlan {
  std::uint64_t seed = 0;
  std::vector<Fault> faults = {};  // those of one direction are applied one after another
};

// Those that a connection has, and its own chance.
FaultPlan faults_of(const FaultPlan& plan, std::uint64_t connection, Side to);

// What `root` has in its list "faults". Where the reader has a problem afterwards, it means nothing.
std::vector<Fault> read_faults(SettingsReader& reader, const JsonNode& root);

}  // namespace overhear
