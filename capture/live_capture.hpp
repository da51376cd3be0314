// A network interface as a packet source, by libpcap. Times are in nanoseconds; what the kernel could not keep is
// counted, never guessed.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "capture/packet.hpp"

namespace overhear {

struct NetworkInterface {
  std::string name;
  std::string description;             // empty where the system has none
  std::vector<std::string> addresses;  // "127.0.0.1", "fe80::1"
  bool is_up = false;
};

// Those that can be captured from as this user, in the system's order.
std::expected<std::vector<NetworkInterface>, Error> list_interfaces();

struct LiveOptions {
  std::string interface = {};
  std::string filter = {};  // libpcap's language; empty: everything
  std::uint32_t snap_length = 262'144;
  std::uint32_t buffer_bytes = 64u << 20;  // the kernel's, which has to last while we are busy
  bool is_promiscuous = true;
};

class LiveCapture {
 public:
  // The kernel hands packets out in blocks: so long after its time one can be read at the latest.
  static constexpr std::int64_t kLatestReadNs = kSecond / 20;

  struct Counts {
    std::uint64_t received = 0;  // that passed the filter
    std::uint64_t dropped_by_kernel = 0;
    std::uint64_t dropped_by_interface = 0;
  };

  // Opens the interface. A filter that does not compile is ErrorKind::Usage; an interface that is not there or may not
  // be captured from is ErrorKind::Input, and the message names the mend.
  static std::expected<std::unique_ptr<LiveCapture>, Error> open(const LiveOptions& options);
  ~LiveCapture();
  LiveCapture(const LiveCapture&) = delete;

  // Hands out what has come and does not wait. Packets are numbered from 1 on and valid during the call. An Error means
  // that the interface is gone.
  using OnPacket = std::function<void(const Packet& packet)>;
  std::expected<std::uint64_t, Error> read(const OnPacket& on_packet);
  // Becomes readable (poll) when read() has something.
  int descriptor() const;

  const LiveOptions& options() const { return options_; }
  int link_type() const;
  Counts counts() const;

 private:
  struct Handle;

  LiveCapture(LiveOptions options, std::unique_ptr<Handle> handle);

  LiveOptions options_;
  std::unique_ptr<Handle> handle_;
  std::uint64_t packets_ = 0;
};

}  // namespace overhear
