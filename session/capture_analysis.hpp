// A capture file, or several merged by time, on the road: opens it, loads its keys, and moves packets on a few at a
// time, so that who drives it can show progress or stop.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "capture/capture_file.hpp"
#include "session/analysis.hpp"
#include "session/options.hpp"

namespace overhear {

struct CaptureInput {
  std::vector<std::string> paths;     // one or more; "-" is standard input
  std::vector<std::string> key_logs;  // files
  std::uint64_t packet_limit = 0;     // stop behind so many packets; 0: none
  // The file, of which there is one, is still being written: asked at its end, each time, whether to look for more.
  // Null: the end is the end.
  std::function<bool()> wait_for_more = {};
  // Called before more of the file is read, which may take a while: what was found so far has been told.
  std::function<void()> before_read = {};
};

class CaptureAnalysis final : private CaptureEvents {
 public:
  // Opens the capture and loads all keys, also those that seekable files hold themselves. `sink` outlives this.
  static std::expected<std::unique_ptr<CaptureAnalysis>, Error> open(const CaptureInput& input,
                                                                     const AnalysisOptions& options, MessageSink& sink);

  // Reads up to `packets` more. False: the end was reached, and everything that waited has been told.
  std::expected<bool, Error> step(std::uint64_t packets);

  // The next step() is the end.
  void stop() { is_stopped_ = true; }

  std::uint64_t bytes_read() const { return file_->bytes_read(); }
  std::uint64_t size() const { return file_->size(); }  // 0: not known
  Analysis& analysis() { return analysis_; }

 private:
  CaptureAnalysis(const CaptureInput& input, const AnalysisOptions& options, MessageSink& sink);

  std::expected<void, Error> load_keys(const Limits& limits);

  // CaptureEvents
  void on_expiry() override;
  void on_finding(Finding& finding, const Stamp& at) override { analysis_.report(finding, at); }
  void on_secrets(std::uint32_t type, Bytes secrets) override;

  CaptureInput input_;
  Analysis analysis_;
  std::unique_ptr<CaptureFile> file_;
  bool are_secrets_scanned_ = false;  // of all files
  bool is_stopped_ = false;
  bool is_finished_ = false;
};

}  // namespace overhear
