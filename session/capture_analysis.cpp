#include "session/capture_analysis.hpp"

#include <fmt/format.h>

#include "session/key_rules.hpp"

namespace overhear {

CaptureAnalysis::CaptureAnalysis(const CaptureInput& input, const AnalysisOptions& options, MessageSink& sink)
    : input_(input),
      options_(options),
      keys_(options_.limits),
      analyzer_(options_, &keys_, sink),
      decoder_(options_.limits, [this](Finding& finding, const Stamp& at) { analyzer_.on_finding(finding, at); }),
      reassembler_(analyzer_, options_.limits) {}

std::expected<std::unique_ptr<CaptureAnalysis>, Error> CaptureAnalysis::open(const CaptureInput& input,
                                                                             const AnalysisOptions& options,
                                                                             MessageSink& sink) {
  std::unique_ptr<CaptureAnalysis> analysis(new CaptureAnalysis(input, options, sink));
  if (auto loaded = analysis->load_keys(); !loaded) return std::unexpected(loaded.error());
  auto file = open_capture_file(input.path, *analysis, options.limits);
  if (!file) return std::unexpected(file.error());
  analysis->file_ = std::move(*file);
  analysis->keys_.set_may_grow(analysis->file_->format() == "pcapng" && !analysis->are_secrets_scanned_);
  return analysis;
}

std::expected<void, Error> CaptureAnalysis::load_keys() {
  KeyLogProblems problems;
  for (const std::string& path : input_.key_logs) {
    if (auto loaded = keys_.load_file(path, problems); !loaded) return loaded;
  }
  const auto add = [&](std::uint32_t type, Bytes secrets) {
    if (type == kSecretsTlsKeyLog)
      keys_.load(secrets, KeySource::SecretsBlock, "the capture's secrets block", problems);
  };
  // What is wrong with the file itself is told when it is opened.
  are_secrets_scanned_ = scan_secrets(input_.path, add, options_.limits).value_or(false);
  report_key_problems(problems);
  return {};
}

void CaptureAnalysis::report_key_problems(const KeyLogProblems& problems) {
  const auto report = [this](std::string text) {
    Finding finding{.rule = &key_rules::kBadLine, .spec = {}, .text = std::move(text), .field = {}, .bytes = {}};
    analyzer_.on_finding(finding, last_);
  };
  for (const KeyLogProblem& problem : problems.items) {
    report(fmt::format("{}, line {}: {}", problem.name, problem.line, problem.text));
  }
  if (problems.total > problems.items.size()) {
    report(fmt::format("{} more lines of the key logs are no keys", problems.total - problems.items.size()));
  }
}

void CaptureAnalysis::on_finding(Finding& finding, const Stamp& at) {
  analyzer_.on_finding(finding, at);
}

void CaptureAnalysis::on_secrets(std::uint32_t type, Bytes secrets) {
  if (are_secrets_scanned_ || type != kSecretsTlsKeyLog) return;
  KeyLogProblems problems;
  keys_.load(secrets, KeySource::SecretsBlock, "the capture's secrets block", problems);
  report_key_problems(problems);
}

std::expected<bool, Error> CaptureAnalysis::step(std::uint64_t packets) {
  if (is_finished_) return false;
  Packet packet;
  for (std::uint64_t i = 0; i < packets; ++i) {
    const bool is_over = input_.packet_limit != 0 && packets_ >= input_.packet_limit;
    auto has_packet = is_over ? std::expected<bool, Error>(false) : file_->next(packet);
    if (!has_packet || !*has_packet) {
      finish();
      return has_packet;
    }
    ++packets_;
    last_ = {packet.time, packet.number};
    analyzer_.on_time(packet.time);
    if (const auto segment = decoder_.decode(packet)) {
      reassembler_.feed(*segment);
    } else {
      reassembler_.advance(packet.time);
    }
  }
  return true;
}

void CaptureAnalysis::finish() {
  is_finished_ = true;
  decoder_.finish();
  reassembler_.finish(last_);
  analyzer_.finish();
}

}  // namespace overhear
