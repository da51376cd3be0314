// The socket over which somebody decides what is done with held messages: a Unix socket that only its owner may use.
// All who are connected learn of all that happens; who does not listen for too long is hung up.
#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "proxy/asio.hpp"
#include "proxy/control_commands.hpp"

namespace overhear {

class ControlSocket final : private InterceptionListener {
 public:
  // Listens at `path`, and replaces what a process that is gone has left there. `listening`: where the proxy does. The
  // others outlive this.
  static std::expected<std::unique_ptr<ControlSocket>, Error> open(asio::io_context& io,
                                                                   const std::filesystem::path& path,
                                                                   std::vector<std::string> listening,
                                                                   Interception& interception, const Limits& limits);
  ~ControlSocket() override;
  ControlSocket(const ControlSocket&) = delete;

  void start();
  // Hangs everybody up.
  void stop();
  const std::filesystem::path& path() const { return path_; }

 private:
  using Protocol = asio::local::stream_protocol;
  struct Peer {
    explicit Peer(Protocol::socket accepted) : socket(std::move(accepted)) {}
    Protocol::socket socket;
    std::string waiting = {};  // to be sent
    bool is_sending = false;
    bool is_over = false;
    std::uint64_t told = 0;     // what was held before it came, up to this number;
    bool is_caught_up = false;  // all of it
  };

  ControlSocket(asio::io_context& io, std::filesystem::path path, std::vector<std::string> listening,
                Interception& interception, const Limits& limits);

  // InterceptionListener
  void on_held(std::uint64_t hold, const HeldMessage& message) override;
  void on_released(std::uint64_t hold, ReleasedHow how) override;
  void on_filter(std::string_view filter) override;

  asio::awaitable<void> admit_all();
  asio::awaitable<void> serve(std::shared_ptr<Peer> peer);
  asio::awaitable<void> tell_held(std::shared_ptr<Peer> peer);
  asio::awaitable<void> send_waiting(std::shared_ptr<Peer> peer);
  void send(const std::shared_ptr<Peer>& peer, std::string_view line);
  void send_all(std::string_view line);
  void hang_up(Peer& peer);

  asio::io_context& io_;
  std::filesystem::path path_;
  std::vector<std::string> listening_;
  Interception& interception_;
  ControlCommands commands_;
  Protocol::acceptor acceptor_;
  std::list<std::shared_ptr<Peer>> peers_;
};

}  // namespace overhear
