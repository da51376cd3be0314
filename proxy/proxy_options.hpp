// How a proxy is to behave.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "proxy/faults.hpp"
#include "proxy/mcp_rekey.hpp"
#include "proxy/proxy_mode.hpp"
#include "proxy/tls_setup.hpp"
#include "session/options.hpp"

namespace overhear {

// As HAProxy has them. Zero: none.
struct ProxyTimeouts {
  std::chrono::milliseconds greeting = std::chrono::seconds(10);    // the client says where it wants to go
  std::chrono::milliseconds connect = std::chrono::seconds(5);      // the server is found and answers
  std::chrono::milliseconds idle = {};                              // nothing is said
  std::chrono::milliseconds half_closed = std::chrono::minutes(5);  // nothing is said since one side has finished
};

struct ProxyOptions {
  std::vector<ProxyMode> modes = {};
  ProxyTimeouts timeouts = {};
  std::size_t connections = 0;    // at a time; 0: as many as there are file descriptors for
  bool admits_strangers = false;  // clients with addresses that are routed all over the world
  std::size_t queue_bytes = 0;    // relayed bytes that wait to be looked at
  bool records = false;           // what the wire carries is told, too
  bool tells_keys = false;        // and what opens it
  McpRekeyOptions mcp = {};
  TlsOptions tls = {};
  bool controls = false;                   // there is a control socket
  std::string intercept_filter = {};       // which messages are held; empty: none
  std::filesystem::path control = {};      // the socket over which somebody decides
  std::vector<std::string> key_logs = {};  // that open what is encrypted, for who looks at messages on their way
  std::filesystem::path rules = {};        // what is done to messages; empty: nothing
  FaultPlan faults = {};                   // of connections' networks; those of `rules` come in their place
  AnalysisOptions analysis = {};
  Limits limits = {};

  // Whether messages stop on their way.
  bool intercepts() const { return controls || !rules.empty(); }
};

}  // namespace overhear
