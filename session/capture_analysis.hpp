// The whole road from a capture file to messages: opens the file, loads keys, and moves packets on a few at a time, so
// that who drives it can show progress or stop.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "capture/capture_file.hpp"
#include "capture/packet_decoder.hpp"
#include "capture/reassembly.hpp"
#include "decrypt/key_store.hpp"
#include "session/analyzer.hpp"
#include "session/options.hpp"

namespace overhear {

struct CaptureInput {
  std::string path;                   // "-" is standard input
  std::vector<std::string> key_logs;  // files
  std::uint64_t packet_limit = 0;     // stop behind so many packets; 0: none
};

class CaptureAnalysis final : private CaptureEvents {
 public:
  // Opens the capture and loads all keys, also those that a seekable file holds itself. `sink` outlives this.
  static std::expected<std::unique_ptr<CaptureAnalysis>, Error> open(const CaptureInput& input,
                                                                     const AnalysisOptions& options, MessageSink& sink);

  // Reads up to `packets` more. False: the end was reached, and everything that waited has been told.
  std::expected<bool, Error> step(std::uint64_t packets);

  std::uint64_t bytes_read() const { return file_->bytes_read(); }
  std::uint64_t size() const { return file_->size(); }  // 0: not known
  std::uint64_t packets() const { return packets_; }
  std::uint32_t sessions() const { return analyzer_.sessions(); }
  std::uint64_t messages() const { return analyzer_.messages(); }

 private:
  CaptureAnalysis(const CaptureInput& input, const AnalysisOptions& options, MessageSink& sink);

  std::expected<void, Error> load_keys();
  void report_key_problems(const KeyLogProblems& problems);
  void finish();

  // CaptureEvents
  void on_finding(Finding& finding, const Stamp& at) override;
  void on_secrets(std::uint32_t type, Bytes secrets) override;

  CaptureInput input_;
  AnalysisOptions options_;
  KeyStore keys_;
  Analyzer analyzer_;
  PacketDecoder decoder_;
  Reassembler reassembler_;
  std::unique_ptr<CaptureFile> file_;
  bool are_secrets_scanned_ = false;
  bool is_finished_ = false;
  std::uint64_t packets_ = 0;
  Stamp last_;
};

}  // namespace overhear
