// The whole analysis as one sink for connections: every connection becomes a session, every session's messages go to
// one MessageSink, in order.
#pragma once

#include <optional>

#include "base/stream_event.hpp"
#include "session/key_wait.hpp"
#include "session/session.hpp"

namespace overhear {

class Analyzer final : public ConnectionSink {
 public:
  // All three outlive the analyzer; `keys` may be null.
  Analyzer(const AnalysisOptions& options, KeyStore* keys, MessageSink& sink);

  std::unique_ptr<StreamConsumer> on_opened(const Connection& connection, const Stamp& at) override;
  void on_finding(Finding& finding, const Stamp& at) override;

  // Capture time has moved on. Called before anything of that time is told.
  void on_time(Timestamp now) {
    if (waiting_) waiting_->on_time(now);
  }
  // Keys were added, and nothing else may happen for a while.
  void on_keys() {
    if (waiting_) waiting_->on_keys();
  }
  // Nothing follows, and all connections are closed: what waited is told.
  void finish();

  std::uint32_t sessions() const { return sessions_; }
  std::uint64_t messages() const { return context_.messages; }
  std::uint64_t findings() const { return context_.findings; }

 private:
  AnalysisContext context_;
  std::optional<KeyWait> waiting_;  // made when a session is opened while keys may come
  std::uint32_t sessions_ = 0;
};

}  // namespace overhear
