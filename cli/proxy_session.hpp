// A proxy at work: what it relays is looked at and shown, until something ends it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_watch.hpp"
#include "cli/key_log_file.hpp"
#include "cli/message_output.hpp"
#include "proxy/proxy.hpp"
#include "proxy/recorder.hpp"
#include "proxy/stream_player.hpp"
#include "session/stream_analysis.hpp"

namespace overhear {

class ProxySession final : private ProxiedKeys {
 public:
  // What is written beside the messages; null: it is not.
  struct Kept {
    Recorder* recorder = nullptr;
    KeyLogFile* keys = nullptr;
  };
  // All outlive this.
  ProxySession(Proxy& proxy, StreamAnalysis& analysis, MessageOutput& output, const std::vector<std::string>& key_logs,
               const Kept& kept)
      : proxy_(proxy),
        analysis_(analysis),
        output_(output),
        kept_(kept),
        player_(proxy.queue(), analysis.connections(), this, kept.recorder),
        key_logs_(key_logs) {}

  // Goes on until Ctrl-C, until nobody takes the output any more, or until something cannot be kept: what that is.
  std::optional<Error> run();

 private:
  void add_mcp(Bytes client_public, Bytes secret) override { analysis_.add_proxied(client_public, secret); }
  void forget_mcp(Bytes client_public) override { analysis_.forget_proxied(client_public); }
  void add_keys(std::string_view key_log) override;
  void keep();
  void tick();
  void stop();
  bool has_failed() const { return lost_ || output_.has_failed(); }

  Proxy& proxy_;
  StreamAnalysis& analysis_;
  MessageOutput& output_;
  Kept kept_;
  std::optional<Error> lost_;
  StreamPlayer player_;
  FileWatch key_logs_;
  Timestamp next_tick_;
  bool is_stopped_ = false;
};

}  // namespace overhear
