#include "session/analysis.hpp"

#include <fmt/format.h>

#include <functional>

#include "session/key_rules.hpp"

namespace overhear {

namespace {

bool lies_in(Bytes whole, Bytes part) {
  const std::less_equal<> is_before;
  return part.empty() ||
         (is_before(whole.data(), part.data()) && is_before(part.data() + part.size(), whole.data() + whole.size()));
}

}  // namespace

Analysis::Analysis(const AnalysisOptions& options, MessageSink& sink)
    : options_(options),
      keys_(options_.limits),
      chat_(options_.limits, sink),
      analyzer_(options_, &keys_, chat_),
      decoder_(options_.limits, [this](Finding& finding, const Stamp& at) { report(finding, at); }),
      reassembler_(analyzer_, options_.limits),
      ahead_(reassembler_) {}

std::expected<void, Error> Analysis::load_key_log(const std::string& path) {
  drain();
  KeyLogProblems problems;
  const std::uint64_t before = keys_.revision();
  auto loaded = keys_.load_file(path, problems);
  report_problems(problems);
  if (keys_.revision() != before) analyzer_.on_keys();
  return loaded;
}

void Analysis::load_secrets(Bytes key_log) {
  drain();
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

void Analysis::report(Finding& finding, const Stamp& at) {
  drain();
  analyzer_.on_time(at.time);
  analyzer_.on_finding(finding, at);
}

void Analysis::feed(const Packet& packet) {
  ++packets_;
  last_ = {packet.time, packet.number};
  const auto segment = decoder_.decode(packet);
  if (!segment) return advance(packet.time);
  if (ahead_.is_full()) take(ahead_.pop());
  ahead_.push(*segment);
  if (!lies_in(packet.bytes, segment->payload)) drain();  // in a datagram of fragments, which the next one may replace
}

void Analysis::take(const TcpSegment& segment) {
  analyzer_.on_time(segment.at.time);
  reassembler_.feed(segment);
}

void Analysis::drain() {
  while (!ahead_.empty()) take(ahead_.pop());
}

void Analysis::advance(Timestamp now) {
  drain();
  analyzer_.on_time(now);
  reassembler_.advance(now);
}

void Analysis::finish() {
  drain();
  decoder_.finish();
  reassembler_.finish(last_);
  analyzer_.finish();
}

}  // namespace overhear
