// The thread that relays, and all that lives on it: listeners, a relay for each client that they let in, and who
// decides what is held back.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "proxy/control_socket.hpp"
#include "proxy/proxy.hpp"
#include "proxy/relay.hpp"
#include "proxy/rules_file.hpp"

namespace overhear {

class ProxyWorker final : public RelayHost {
 public:
  explicit ProxyWorker(ProxyOptions options);

  std::expected<void, Error> open();
  void start();
  void stop();
  std::vector<Proxy::Listening> listening() const;
  std::uint64_t clients() const { return clients_; }
  std::optional<std::uint64_t> seed() const { return seed_; }
  std::filesystem::path control() const { return control_ ? control_->path() : std::filesystem::path(); }
  std::filesystem::path new_authority() const {
    return tls_ && tls_->authority().was_made() ? tls_->authority().directory() : std::filesystem::path();
  }

  asio::io_context& io() override { return io_; }
  StreamQueue& queue() override { return queue_; }
  const ProxyOptions& options() const override { return options_; }
  Timestamp now() override;
  std::chrono::steady_clock::time_point tick() const override { return tick_; }
  std::vector<std::uint8_t>& buffer() override { return buffer_; }
  TlsSetup* tls() override { return tls_.get(); }
  Workspace& workspace() override { return workspace_; }
  bool hold(std::int64_t more) override {
    held_ += more;
    return more <= 0 || held_ <= static_cast<std::int64_t>(options_.limits.unfinished_bytes);
  }
  NameLookup& names() override { return names_; }
  Interception* interception() override { return interception_ ? &*interception_ : nullptr; }
  const FaultPlan* faults() override { return faults_.faults.empty() ? nullptr : &faults_; }
  std::uint32_t next_session() override { return ++sessions_; }
  bool add_outgoing(const Way& way) override;
  void remove(Relay& relay) override;

 private:
  using Clock = std::chrono::steady_clock;
  struct WayHash {
    std::size_t operator()(const Way& way) const {
      const std::hash<tcp::endpoint> hash;
      return hash(way.from) * 31 + hash(way.to);
    }
  };
  struct Door {
    const ProxyMode* mode = nullptr;
    std::vector<tcp::acceptor> acceptors;
  };

  asio::awaitable<void> admit_all(tcp::acceptor& acceptor, const ProxyMode& mode);
  std::expected<void, Error> open_control();
  asio::awaitable<void> pause();
  asio::awaitable<void> wait_for_room();
  void admit(tcp::socket client, const ProxyMode& mode);
  asio::awaitable<void> sweep();
  void look_at_rules();
  void set_rules(RuleBook book);
  void look_at_keys();
  void on_stop();
  void tell(const Rule& rule, std::string_view text);
  void tell_of_loop(const tcp::endpoint& peer);
  void tell_now_and_then(const Rule& rule, Clock::time_point& told);

  ProxyOptions options_;
  asio::io_context io_{1};
  StreamQueue queue_;
  NameLookup names_{io_};
  std::optional<Interception> interception_;  // outlives the relays
  std::unique_ptr<ControlSocket> control_;
  std::optional<RulesFile> rules_;
  FaultPlan faults_;  // of the same file
  FileWatch key_logs_;
  std::optional<std::uint64_t> seed_;  // of the rules
  std::uint32_t sessions_ = 0;         // shown so far
  std::vector<Door> doors_;
  std::unique_ptr<TlsSetup> tls_;
  Workspace workspace_;
  std::int64_t held_ = 0;
  boost::unordered_flat_map<std::uint64_t, std::unique_ptr<Relay>> relays_;
  boost::unordered_flat_map<Way, Relay*, WayHash> incoming_;
  boost::unordered_flat_set<Way, WayHash> outgoing_;
  asio::steady_timer sweeper_;
  asio::steady_timer room_;  // until there is some
  std::vector<std::uint8_t> buffer_;
  std::uint64_t clients_ = 0;
  Timestamp now_;
  Clock::time_point tick_ = Clock::now();
  Clock::time_point told_of_descriptors_{};
  Clock::time_point told_of_connections_{};
  bool is_stopped_ = false;
  std::jthread thread_;
};

}  // namespace overhear
