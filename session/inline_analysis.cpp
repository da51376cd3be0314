#include "session/inline_analysis.hpp"

#include <utility>

namespace overhear {

InlineAnalysis::InlineAnalysis(const AnalysisOptions& options)
    : options_(options),
      keys_(options_.limits),
      chat_(options_.limits, *this),
      context_{.options = options_, .keys = &keys_, .sink = chat_, .workspace = {}, .dissection = {}} {}

void InlineAnalysis::load_key_log(const std::string& path) {
  KeyLogProblems ignored;
  (void)keys_.load_file(path, ignored);
}

void InlineAnalysis::add_proxied(Bytes client_public, Bytes secret) {
  modp5::Secret bytes{};
  write_padded(secret, bytes);
  keys_.add_proxied(client_public, bytes);
}

std::size_t InlineAnalysis::add_filter(Filter filter) {
  filters_.push_back(std::make_unique<Asked>(std::move(filter)));
  return filters_.size() - 1;
}

void InlineAnalysis::replace_filter(std::size_t number, Filter filter) {
  filters_[number] = std::make_unique<Asked>(std::move(filter));
}

std::unique_ptr<Session> InlineAnalysis::open(std::uint32_t number, const Connection& connection, const Stamp& at) {
  return std::make_unique<Session>(context_, number, connection, at);
}

void InlineAnalysis::feed(Session& session, Side from, Bytes bytes, const Stamp& at, MessageWatcher& watcher) {
  watcher_ = &watcher;
  session.on_bytes(from, bytes, at);
  watcher_ = nullptr;
}

void InlineAnalysis::end(Session& session, Side from, const Stamp& at, MessageWatcher& watcher) {
  watcher_ = &watcher;
  session.on_end(from, at);
  watcher_ = nullptr;
}

void InlineAnalysis::close(Session& session, CloseReason reason, const Stamp& at) {
  session.on_closed(reason, at);
}

void InlineAnalysis::on_message(const Message& message) {
  for (const auto& filter : filters_) {
    filter->has_matched = false;
    filter->sink.on_message(message);
  }
  if (watcher_ != nullptr) watcher_->on_whole(message);
}

void InlineAnalysis::on_finding(const LooseFinding& finding) {
  for (const auto& filter : filters_) filter->sink.on_finding(finding);
}

void InlineAnalysis::on_session_opened(const SessionRecord& session) {
  for (const auto& filter : filters_) filter->sink.on_session_opened(session);
}

void InlineAnalysis::on_session_closed(const SessionRecord& session) {
  for (const auto& filter : filters_) filter->sink.on_session_closed(session);
}

}  // namespace overhear
