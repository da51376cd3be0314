// A proxy at work in this process, and what its tap has told.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "proxy/proxy.hpp"
#include "proxy/stream_player.hpp"
#include "tests/proxy/journal.hpp"

namespace overhear::testing {

class RunningProxy {
 public:
  explicit RunningProxy(ProxyOptions options) {
    if (options.queue_bytes == 0) options.queue_bytes = 512u << 20;
    if (options.tls.ca_directory.empty()) options.tls.passthrough = {"*"};  // no CA in anybody's home
    auto opened = Proxy::open(std::move(options));
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
    proxy_ = *std::move(opened);
    proxy_->start();
    reader_ = std::jthread([this] { read(); });
  }
  // To one server, on a free port.
  explicit RunningProxy(std::uint16_t server, ProxyTimeouts timeouts = {})
      : RunningProxy(to_server(server, timeouts)) {}
  ~RunningProxy() { stop(); }
  RunningProxy(const RunningProxy&) = delete;

  static ProxyMode mode(const std::string& text, const ListenAddress& listen = {"", 0}) {
    ProxyMode out = parse_proxy_mode(text).value();
    out.listen = listen;
    return out;
  }

  std::uint16_t port(std::size_t mode = 0) const { return proxy_->listening()[mode].at.front().port; }

  // All that was told, once it is over.
  const Journal& stop() {
    proxy_->stop();
    if (reader_.joinable()) reader_.join();
    return journal_;
  }
  // Waits for that; false: it does not come.
  bool has_told(const std::function<bool(const Journal&)>& what) {
    for (int i = 0; i < 1000; ++i) {
      {
        const std::scoped_lock lock(mutex_);
        if (what(journal_)) return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  bool has_closed(std::size_t connections) {
    return has_told([connections](const Journal& told) { return told.closed_ports().size() >= connections; });
  }

 private:
  static ProxyOptions to_server(std::uint16_t port, const ProxyTimeouts& timeouts) {
    ProxyOptions out;
    out.modes = {mode("reverse:tcp://127.0.0.1:" + std::to_string(port))};
    out.timeouts = timeouts;
    return out;
  }

  void read() {
    StreamQueue& queue = proxy_->queue();
    StreamPlayer player(queue, journal_);
    while (!queue.is_over()) {
      bool has_more = false;
      {
        const std::scoped_lock lock(mutex_);
        has_more = player.play([](Timestamp) {});
      }
      if (!has_more) queue.wait(50);
    }
    player.finish();
  }

  std::mutex mutex_;
  Journal journal_;
  std::unique_ptr<Proxy> proxy_;
  std::jthread reader_;
};

}  // namespace overhear::testing
