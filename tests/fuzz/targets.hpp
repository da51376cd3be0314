// One function a parser: whatever the bytes, it comes back, and what it finds on the way holds together; else it throws
// std::logic_error. libFuzzer calls it (main.cpp), and the ordinary tests with the inputs of corpus/ (replay_test.cpp).
#pragma once

#include <stdexcept>
#include <string>

#include "base/bytes.hpp"

namespace overhear::fuzz {

void fuzz_json(Bytes input);
void fuzz_plain(Bytes input);
void fuzz_http(Bytes input);
void fuzz_websocket(Bytes input);
void fuzz_mcp(Bytes input);
void fuzz_tls(Bytes input);
void fuzz_key_log(Bytes input);
void fuzz_public_key(Bytes input);
void fuzz_capture_file(Bytes input);
void fuzz_packet(Bytes input);
void fuzz_filter(Bytes input);

struct Target {
  const char* name;
  void (*run)(Bytes input);
};

inline constexpr Target kTargets[] = {
    {"json", fuzz_json},
    {"plain", fuzz_plain},
    {"http", fuzz_http},
    {"websocket", fuzz_websocket},
    {"mcp", fuzz_mcp},
    {"tls", fuzz_tls},
    {"key_log", fuzz_key_log},
    {"public_key", fuzz_public_key},
    {"capture_file", fuzz_capture_file},
    {"packet", fuzz_packet},
    {"filter", fuzz_filter},
};

inline void check(bool holds, const std::string& what) {
  if (!holds) throw std::logic_error(what);
}

}  // namespace overhear::fuzz
