#include "session/stream_analysis.hpp"

#include <fmt/format.h>

#include "session/key_rules.hpp"

namespace overhear {

StreamAnalysis::StreamAnalysis(const AnalysisOptions& options, MessageSink& sink)
    : options_(options), keys_(options_.limits), chat_(options_.limits, sink), analyzer_(options_, &keys_, chat_) {}

std::expected<void, Error> StreamAnalysis::load_key_log(const std::string& path, const Stamp& at) {
  KeyLogProblems problems;
  const std::uint64_t before = keys_.revision();
  auto loaded = keys_.load_file(path, problems);
  report_problems(problems, at);
  if (keys_.revision() != before) analyzer_.on_keys();
  return loaded;
}

void StreamAnalysis::load_secrets(Bytes key_log, KeySource source, std::string_view name, const Stamp& at) {
  KeyLogProblems problems;
  const std::uint64_t before = keys_.revision();
  keys_.load(key_log, source, name, problems);
  report_problems(problems, at);
  if (keys_.revision() != before) analyzer_.on_keys();
}

void StreamAnalysis::add_proxied(Bytes client_public, Bytes secret) {
  modp5::Secret bytes{};
  write_padded(secret, bytes);
  keys_.add_proxied(client_public, bytes);
}

void StreamAnalysis::report_problems(const KeyLogProblems& problems, const Stamp& at) {
  const auto tell = [this, &at](std::string text) {
    Finding finding{.rule = &key_rules::kBadLine, .spec = {}, .text = std::move(text), .field = {}, .bytes = {}};
    report(finding, at);
  };
  for (const KeyLogProblem& problem : problems.items) {
    tell(fmt::format("{}, line {}: {}", problem.name, problem.line, problem.text));
  }
  if (problems.total > problems.items.size()) {
    tell(fmt::format("{} more lines of the key logs are no keys", problems.total - problems.items.size()));
  }
}

void StreamAnalysis::report(Finding& finding, const Stamp& at) {
  analyzer_.on_time(at.time);
  analyzer_.on_finding(finding, at);
}

}  // namespace overhear
