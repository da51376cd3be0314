// The control socket of a running proxy, seen from the other end: a JSON object a line both ways (docs/control.md).
#pragma once

#include <poll.h>

#include <deque>
#include <expected>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.hpp"

namespace overhear {

// A descriptor, which the caller closes; -1 and errno where nobody listens there.
int connect_control(const std::filesystem::path& path);

class ControlChannel {
 public:
  // Greets: `hello()` is what the proxy says first.
  static std::expected<std::unique_ptr<ControlChannel>, Error> open(const std::filesystem::path& path);
  ~ControlChannel();
  ControlChannel(const ControlChannel&) = delete;

  const nlohmann::json& hello() const { return hello_; }

  // What to poll for, and what to call when that has come.
  int descriptor() const { return descriptor_; }
  void receive();
  bool has_event() const { return !events_.empty(); }
  nlohmann::json take_event();
  // Nothing more will come: the proxy has hung up, or what it said was no JSON.
  bool is_over() const { return is_over_; }

  // Waits until it is on its way. Says nothing where the channel is over.
  void send(const nlohmann::json& command);

 private:
  explicit ControlChannel(int descriptor) : descriptor_(descriptor) {}
  void take_lines();
  bool greet();

  int descriptor_;
  bool is_over_ = false;
  std::string received_;  // of lines that are not whole
  std::deque<nlohmann::json> events_;
  nlohmann::json hello_;
};

}  // namespace overhear
