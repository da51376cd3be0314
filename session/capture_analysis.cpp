#include "session/capture_analysis.hpp"

#include <filesystem>
#include <system_error>

#include "capture/merged_capture.hpp"

namespace overhear {

CaptureAnalysis::CaptureAnalysis(const CaptureInput& input, const AnalysisOptions& options, MessageSink& sink)
    : input_(input), analysis_(options, sink) {}

std::expected<std::unique_ptr<CaptureAnalysis>, Error> CaptureAnalysis::open(const CaptureInput& input,
                                                                             const AnalysisOptions& options,
                                                                             MessageSink& sink) {
  std::unique_ptr<CaptureAnalysis> analysis(new CaptureAnalysis(input, options, sink));
  if (auto loaded = analysis->load_keys(options.limits); !loaded) return std::unexpected(loaded.error());
  auto file = open_captures(input.paths, *analysis, options.limits, input.wait_for_more);
  if (!file) return std::unexpected(file.error());
  analysis->file_ = std::move(*file);
  const bool may_hold_secrets = analysis->file_->format() == "pcapng" && !analysis->are_secrets_scanned_;
  const bool may_key_logs_grow = input.wait_for_more && !input.key_logs.empty();
  analysis->analysis_.set_keys_may_grow(may_hold_secrets || may_key_logs_grow);
  return analysis;
}

std::expected<void, Error> CaptureAnalysis::load_keys(const Limits& limits) {
  for (const std::string& path : input_.key_logs) {
    std::error_code ignored;
    // One that is still to be made is looked for again by who waits for more.
    if (input_.wait_for_more && !std::filesystem::exists(path, ignored)) continue;
    if (auto loaded = analysis_.load_key_log(path); !loaded) return loaded;
  }
  if (input_.wait_for_more) return {};  // what is to come can't be scanned
  const auto add = [this](std::uint32_t type, Bytes secrets) {
    if (type == kSecretsTlsKeyLog) analysis_.load_secrets(secrets);
  };
  // What is wrong with a file itself is told when it is opened.
  are_secrets_scanned_ = true;
  for (const std::string& path : input_.paths) {
    if (!scan_secrets(path, add, limits).value_or(false)) are_secrets_scanned_ = false;
  }
  return {};
}

void CaptureAnalysis::on_expiry() {
  analysis_.drain();
  if (input_.before_read) input_.before_read();
}

void CaptureAnalysis::on_secrets(std::uint32_t type, Bytes secrets) {
  if (!are_secrets_scanned_ && type == kSecretsTlsKeyLog) analysis_.load_secrets(secrets);
}

std::expected<bool, Error> CaptureAnalysis::step(std::uint64_t packets) {
  if (is_finished_) return false;
  Packet packet;
  for (std::uint64_t i = 0; i < packets; ++i) {
    const bool is_over = is_stopped_ || (input_.packet_limit != 0 && analysis_.packets() >= input_.packet_limit);
    auto has_packet = is_over ? std::expected<bool, Error>(false) : file_->next(packet);
    if (!has_packet || !*has_packet) {
      is_finished_ = true;
      analysis_.finish();
      return has_packet;
    }
    analysis_.feed(packet);
  }
  return true;
}

}  // namespace overhear
