// Everything that relays, on a thread of its own: listeners, and a relay for each client that they let in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "proxy/proxy_options.hpp"
#include "proxy/stream_queue.hpp"

namespace overhear {

class ProxyWorker;

class Proxy {
 public:
  // Listens: who connects from here on waits until start().
  static std::expected<std::unique_ptr<Proxy>, Error> open(ProxyOptions options);
  ~Proxy();
  Proxy(const Proxy&) = delete;

  struct Listening {
    const ProxyMode* mode = nullptr;
    std::vector<Endpoint> at;  // IPv4 and IPv6
    bool is_public = false;    // not for this machine alone
  };
  // By mode, in their order.
  std::vector<Listening> listening() const;

  // Where a certificate authority was made just now, which clients have to trust; empty: there was one, or none is
  // needed.
  std::filesystem::path new_authority() const;

  // Where somebody decides what is done with held messages; empty: nothing is held.
  std::filesystem::path control() const;

  // What the dice of the rules begin with; nothing: there are no rules.
  std::optional<std::uint64_t> seed() const;

  // Once.
  void start();
  // No client is let in any more, and all connections are closed. Any thread's.
  void stop();
  // What is relayed; closed when all is over.
  StreamQueue& queue();
  // Behind the queue's end.
  std::uint64_t clients() const;

 private:
  explicit Proxy(std::unique_ptr<ProxyWorker> worker);

  std::unique_ptr<ProxyWorker> worker_;
};

}  // namespace overhear
