#include "session/analyzer.hpp"

namespace overhear {

Analyzer::Analyzer(const AnalysisOptions& options, KeyStore* keys, MessageSink& sink)
    : context_{.options = options, .keys = keys, .sink = sink, .workspace = {}, .dissection = {}} {}

std::unique_ptr<StreamConsumer> Analyzer::on_opened(const Connection& connection, const Stamp& at) {
  auto session = std::make_unique<Session>(context_, ++sessions_, connection, at);
  if (context_.keys == nullptr || !context_.keys->may_grow()) return session;
  if (!waiting_) waiting_.emplace(*context_.keys, context_.options.limits);
  waiting_->on_time(at.time);
  return waiting_->guard(std::move(session));
}

void Analyzer::finish() {
  if (waiting_) waiting_->finish();
}

void Analyzer::on_finding(Finding& finding, const Stamp& at) {
  const std::optional<Timestamp> time =
      at.packet == 0 && at.time == Timestamp{} ? std::nullopt : std::optional(at.time);
  context_.tell({&finding, time, 0, 0, {}, at.packet});
}

}  // namespace overhear
