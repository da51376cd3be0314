// A proxy at work: what it relays is looked at and shown, until something ends it.
#pragma once

#include <string>
#include <vector>

#include "cli/message_output.hpp"
#include "decrypt/key_log_watch.hpp"
#include "proxy/proxy.hpp"
#include "session/stream_analysis.hpp"

namespace overhear {

class ProxySession {
 public:
  // All outlive this.
  ProxySession(Proxy& proxy, StreamAnalysis& analysis, MessageOutput& output, const std::vector<std::string>& key_logs)
      : proxy_(proxy),
        analysis_(analysis),
        output_(output),
        player_(proxy.queue(), analysis.connections()),
        key_logs_(key_logs) {}

  // Goes on until Ctrl-C, or until nobody takes the output any more.
  void run();

 private:
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
