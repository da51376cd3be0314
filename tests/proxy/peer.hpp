// The ends of TCP connections in tests: blocking, and given up after a while.
#pragma once

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace overhear::testing {

class Peer {
 public:
  explicit Peer(int descriptor) : descriptor_(descriptor) {}
  Peer(Peer&& from) noexcept;
  Peer& operator=(Peer&& from) noexcept;
  ~Peer() { close(); }

  // By IPv4 address, or "::1".
  static Peer connect(std::uint16_t port, const char* address = "127.0.0.1");
  // Has its descriptor already.
  static Peer unconnected();
  void connect_to(std::uint16_t port);

  void send(std::string_view bytes);
  // How much a peer took that does not read for a while.
  std::size_t send_until_full();
  // What comes, `size` bytes unless the stream ends or is reset before.
  std::string receive(std::size_t size);
  // What one recv brings.
  std::string receive_once();
  std::string receive_all() { return receive(SIZE_MAX); }
  // Whether nothing came within a moment.
  bool is_silent();
  // Whether the last receive() ended because of a reset.
  bool was_reset() const { return was_reset_; }

  void finish();  // FIN
  void reset();   // RST
  void close();
  // Little room for what is not yet read.
  void set_receive_buffer(int bytes);
  std::uint16_t local_port() const;
  // With bytes in them, that have come so far.
  std::uint32_t segments() const;

 private:
  int descriptor_ = -1;
  bool was_reset_ = false;
};

class Server {
 public:
  static constexpr int kQueue = 4096;
  // `queue`: so many clients and one more may wait to be accepted.
  explicit Server(const char* address = "127.0.0.1", int queue = kQueue);
  Server(const Server&) = delete;
  ~Server() { close(); }

  std::uint16_t port() const { return port_; }
  Peer accept();
  void close();

 private:
  int descriptor_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace overhear::testing
