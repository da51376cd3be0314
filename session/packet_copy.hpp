// Writes packets of a capture file, or of several merged by time, to a new one: all of them, or whole those of some
// sessions, with keys that open them.
#pragma once

#include <cstdint>
#include <expected>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "session/options.hpp"

namespace overhear {

struct PacketCopy {
  std::vector<std::string> from = {};     // capture files; standard input cannot be read twice
  std::string to = {};                    // pcapng
  std::set<std::uint32_t> sessions = {};  // as an analysis of the same files numbers them; empty: every packet
  std::uint64_t packet_limit = 0;         // of the packets read; 0: none
  std::string key_log = {};               // goes in front, as a Decryption Secrets Block; empty: none
  std::string_view program = {};          // that is said to have written it
};

// How many packets were written. Keys that the capture itself holds are not copied: only `key_log` goes along.
std::expected<std::uint64_t, Error> copy_packets(const PacketCopy& copy, const Limits& limits);

// What of `key_log` opens the copy's sessions: a copy must not give away the others. Reads the capture once more.
std::expected<std::string, Error> keys_of_sessions(const PacketCopy& copy, std::string_view key_log,
                                                   const AnalysisOptions& options);

}  // namespace overhear
