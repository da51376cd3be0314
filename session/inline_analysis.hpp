// Reads conversations before they go on: who stands between two sides learns of each message as soon as it is whole,
// where it ends in its stream, and which of several filters it matches. Like StreamAnalysis, but of one connection at a
// time, and it waits for nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/stream_event.hpp"
#include "decrypt/key_store.hpp"
#include "session/chat/chat_sink.hpp"
#include "session/filter/filter_sink.hpp"
#include "session/options.hpp"
#include "session/session.hpp"

namespace overhear {

class MessageWatcher {
 public:
  virtual ~MessageWatcher() = default;
  // Valid during the call.
  virtual void on_whole(const Message& message) = 0;
  virtual void on_event(const Event& event) = 0;
};

class InlineAnalysis final : private MessageSink {
 public:
  explicit InlineAnalysis(const AnalysisOptions& options);

  // What is wrong with lines of it, or with it, is for who shows the conversation to tell.
  void load_key_log(const std::string& path);
  void add_proxied(Bytes client_public, Bytes secret);
  void forget_proxied(Bytes client_public) { keys_.forget_proxied(client_public); }

  // A filter to be asked about each message from here on, by its number in their order.
  std::size_t add_filter(Filter filter);
  void replace_filter(std::size_t number, Filter filter);
  // Takes away this one and those behind it.
  void remove_filters_from(std::size_t number) { filters_.resize(number); }
  // Within MessageWatcher::on_whole(): whether that message matches.
  bool matches(std::size_t filter) const { return filters_[filter]->has_matched; }

  // `number` is what the session is called. It is given back before this is destroyed.
  std::unique_ptr<Session> open(std::uint32_t number, const Connection& connection, const Stamp& at);
  void feed(Session& session, Side from, Bytes bytes, const Stamp& at, MessageWatcher& watcher);
  void end(Session& session, Side from, const Stamp& at, MessageWatcher& watcher);
  void close(Session& session, CloseReason reason, const Stamp& at);

 private:
  // Whether the message that was just looked at got through.
  struct Asked final : MessageSink {
    explicit Asked(Filter filter) : sink(std::move(filter), false, {}, *this) {}

    void on_message(const Message&) override { has_matched = true; }
    void on_finding(const LooseFinding&) override {}
    void on_session_opened(const SessionRecord&) override {}
    void on_session_closed(const SessionRecord&) override {}
    void on_event(const Event&) override {}

    FilterSink sink;
    bool has_matched = false;
  };

  void on_message(const Message& message) override;
  void on_finding(const LooseFinding& finding) override;
  void on_session_opened(const SessionRecord& session) override;
  void on_session_closed(const SessionRecord& session) override;
  void on_event(const Event& event) override {
    if (watcher_ != nullptr) watcher_->on_event(event);
  }

  AnalysisOptions options_;
  KeyStore keys_;
  std::vector<std::unique_ptr<Asked>> filters_;
  ChatSink chat_;
  AnalysisContext context_;
  MessageWatcher* watcher_ = nullptr;  // of the connection that is read
};

}  // namespace overhear
