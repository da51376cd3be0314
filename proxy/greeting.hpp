// What a client says first where it chooses the server, and what it is told about that. Sans-I/O.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/endpoint.hpp"
#include "proxy/proxy_mode.hpp"

namespace overhear {

enum class ConnectFailure : std::uint8_t { Refused, NoSuchHost, TimedOut, Unreachable, Other };

class Greeting {
 public:
  enum class Status : std::uint8_t { NeedMore, Connect, Refused };

  virtual ~Greeting() = default;

  // Takes what has come so far and leaves what is not for the proxy; with Connect that is what the server gets first.
  // Appends to `reply` what the client is told.
  virtual Status feed(std::string& received, std::string& reply) = 0;
  // The client's answer once the server has been reached, from `local`, or could not be.
  virtual std::string connected(const Endpoint& local) = 0;
  virtual std::string failed(ConnectFailure failure, std::string_view why) = 0;

  // With Connect.
  const HostPort& target() const { return target_; }
  // With Refused: what was wrong, as a sentence.
  const std::string& problem() const { return problem_; }

 protected:
  Status refuse(std::string problem) {
    problem_ = std::move(problem);
    return Status::Refused;
  }

  HostPort target_;
  std::string problem_;
};

// Null where the client says nothing.
std::unique_ptr<Greeting> make_greeting(ProxyKind kind);

}  // namespace overhear
