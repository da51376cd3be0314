// Reads captures beside the interface: a thread of its own analyses and keeps, and hands over what it has again and
// again, the first messages at once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/file_watch.hpp"
#include "session/capture_analysis.hpp"
#include "session/store/store_writer.hpp"
#include "ui/model/growing_source.hpp"

namespace overhear {

// What is to be looked at.
struct LoadRequest {
  std::vector<std::string> captures = {};  // files, merged by time; "-" is standard input
  std::vector<std::string> key_logs = {};
  bool is_followed = false;                    // more is waited for at the end
  std::shared_ptr<GrowingSource> source = {};  // that writes the capture, which is followed until it ends
  AnalysisOptions options = {};
};

struct LoadProgress {
  std::uint64_t bytes = 0;
  std::uint64_t size = 0;  // 0: not known
  std::uint64_t packets = 0;
  bool is_over = false;
  bool was_cancelled = false;
  std::string error;  // why it ended before its end; empty: it did not
};

class Loader {
 public:
  // `on_news` is called, by another thread, when there is something new to take.
  Loader(LoadRequest request, std::shared_ptr<Spill> spill, std::function<void()> on_news);
  // Cancels what is under way.
  ~Loader();
  Loader(const Loader&) = delete;

  // What has been read so far stays.
  void cancel();
  // What has come since the last time. False: nothing.
  bool take(RowBatch& batch);
  LoadProgress progress() const;

 private:
  void run();
  void read(CaptureAnalysis& analysis);
  bool is_cancelled() const;
  void fail(Error error);
  bool wait_for_more();
  void wait_for_source();
  void load_changed_keys();
  void hand_over(bool is_over);

  const LoadRequest request_;
  std::shared_ptr<Spill> spill_;
  std::function<void()> on_news_;
  // The thread's:
  StoreWriter writer_;
  CaptureAnalysis* analysis_ = nullptr;
  FileWatch key_logs_;
  bool was_source_over_ = false;
  std::chrono::steady_clock::time_point handed_over_;

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable cancelled_;
  std::vector<RowBatch> waiting_;
  LoadProgress progress_;
  bool is_cancelled_ = false;

  std::thread thread_;  // last: it uses the others
};

}  // namespace overhear
