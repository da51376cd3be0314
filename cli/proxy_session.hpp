// A proxy at work: what it relays is looked at and shown, until something ends it.
#pragma once

#include <string>
#include <vector>

#include "cli/message_output.hpp"
#include "decrypt/key_log_watch.hpp"
#include "proxy/proxy.hpp"
#include "session/stream_analysis.hpp"

namespace overhear {

class ProxySession final : private ProxiedKeys {
 public:
  // All outlive this.
  ProxySession(Proxy& proxy, StreamAnalysis& analysis, MessageOutput& output, const std::vector<std::string>& key_logs)
      : proxy_(proxy),
        analysis_(analysis),
        output_(output),
        player_(proxy.queue(), analysis.connections(), this),
        key_logs_(key_logs) {}

  // Goes on until Ctrl-C, or until nobody takes the output any more.
  void run();

 private:
  void add_mcp(Bytes client_public, Bytes secret) override { analysis_.add_proxied(client_public, secret); }
  void forget_mcp(Bytes client_public) override { analysis_.forget_proxied(client_public); }
  void tick();
  void stop();

  Proxy& proxy_;
  StreamAnalysis& analysis_;
  MessageOutput& output_;
  StreamPlayer player_;
  KeyLogWatch key_logs_;
  Timestamp next_tick_;
  bool is_stopped_ = false;
};

}  // namespace overhear
