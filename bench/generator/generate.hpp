// Generates a capture: opens rooms of the chosen protocols and lets them take turns until enough has been said.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "bench/generator/conversation.hpp"
#include "bench/generator/room.hpp"

namespace overhear::bench {

struct Options {
  std::vector<const Protocol*> protocols;
  std::uint64_t messages = 1000;
  std::uint64_t connections = 10;
  std::uint64_t concurrent = 0;  // connections open at a time; 0: all
  std::uint64_t seed = 1;
  std::string out;
  std::string payloads;  // empty: none
  std::string key_log;   // empty: none
  Setting setting;
  RoomSettings room;
};

struct Summary {
  std::uint64_t messages = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};

std::expected<Summary, Error> generate(Options options);

}  // namespace overhear::bench
