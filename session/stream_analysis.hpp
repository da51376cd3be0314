// The road from streams to messages, wherever the streams come from: sessions, what goes on between them, and the keys
// that they are opened with. Packets and sockets are not here.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/error.hpp"
#include "decrypt/key_store.hpp"
#include "session/analyzer.hpp"
#include "session/chat/chat_sink.hpp"
#include "session/options.hpp"

namespace overhear {

class StreamAnalysis {
 public:
  // `sink` outlives this.
  StreamAnalysis(const AnalysisOptions& options, MessageSink& sink);
  StreamAnalysis(const StreamAnalysis&) = delete;

  // Where connections go.
  ConnectionSink& connections() { return analyzer_; }

  // What is wrong with single lines of a key log are findings, told at `at`. Loading the same again changes nothing;
  // what is new opens what waits for it.
  std::expected<void, Error> load_key_log(const std::string& path, const Stamp& at);
  void load_secrets(Bytes key_log, KeySource source, std::string_view name, const Stamp& at);
  // The same for the secret of an MCP session that a proxy stands in.
  void add_proxied(Bytes client_public, Bytes secret);
  void forget_proxied(Bytes client_public) { keys_.forget_proxied(client_public); }
  // Whether more keys may come: then sessions that lack one wait for a while.
  void set_keys_may_grow(bool may_grow) { keys_.set_may_grow(may_grow); }
  void set_mcp_advice(std::string_view advice) { keys_.set_mcp_advice(advice); }
  // A key log with what opened these sessions.
  std::string used_key_log() const { return keys_.used_key_log(); }

  // Time has moved on. Called before anything of that time is told.
  void on_time(Timestamp now) { analyzer_.on_time(now); }
  // About no connection. A stamp without a time: it was known before all traffic.
  void report(Finding& finding, const Stamp& at);
  // Nothing follows, and all connections are closed: what waited is told.
  void finish() { analyzer_.finish(); }

  const AnalysisOptions& options() const { return options_; }
  std::uint32_t sessions() const { return analyzer_.sessions(); }
  std::uint64_t messages() const { return analyzer_.messages(); }
  std::uint64_t findings() const { return analyzer_.findings(); }

 private:
  void report_problems(const KeyLogProblems& problems, const Stamp& at);

  AnalysisOptions options_;
  KeyStore keys_;
  ChatSink chat_;
  Analyzer analyzer_;
};

}  // namespace overhear
