#include "session/analysis.hpp"

#include <fmt/format.h>

#include "session/key_rules.hpp"

namespace overhear {

Analysis::Analysis(const AnalysisOptions& options, MessageSink& sink)
    : options_(options),
      keys_(options_.limits),
      analyzer_(options_, &keys_, sink),
      decoder_(options_.limits, [this](Finding& finding, const Stamp& at) { report(finding, at); }),
      reassembler_(analyzer_, options_.limits) {}

std::expected<void, Error> Analysis::load_key_log(const std::string& path) {
  KeyLogProblems problems;
  const std::uint64_t before = keys_.revision();
  auto loaded = keys_.load_file(path, problems);
  report_problems(problems);
  if (keys_.revision() != before) analyzer_.on_keys();
  return loaded;
}

void Analysis::load_secrets(Bytes key_log) {
  KeyLogProblems problems;
  keys_.load(key_log, KeySource::SecretsBlock, "the capture's secrets block", problems);
  report_problems(problems);
}

void Analysis::report_problems(const KeyLogProblems& problems) {
  const auto tell = [this](std::string text) {
    Finding finding{.rule = &key_rules::kBadLine, .spec = {}, .text = std::move(text), .field = {}, .bytes = {}};
    report(finding, last_);
  };
  for (const KeyLogProblem& problem : problems.items) {
    tell(fmt::format("{}, line {}: {}", problem.name, problem.line, problem.text));
  }
  if (problems.total > problems.items.size()) {
    tell(fmt::format("{} more lines of the key logs are no keys", problems.total - problems.items.size()));
  }
}

void Analysis::feed(const Packet& packet) {
  ++packets_;
  last_ = {packet.time, packet.number};
  analyzer_.on_time(packet.time);
  if (const auto segment = decoder_.decode(packet)) {
    reassembler_.feed(*segment);
  } else {
    reassembler_.advance(packet.time);
  }
}

void Analysis::advance(Timestamp now) {
  analyzer_.on_time(now);
  reassembler_.advance(now);
}

void Analysis::finish() {
  decoder_.finish();
  reassembler_.finish(last_);
  analyzer_.finish();
}

}  // namespace overhear
