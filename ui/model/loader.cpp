#include "ui/model/loader.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

namespace overhear {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint64_t kFirstPackets = 256;  // shown at once
constexpr std::uint64_t kPacketsPerStep = 2048;
constexpr milliseconds kHandOverEvery{100};  // a frame takes what reading could use
constexpr milliseconds kFollowEvery{50};

}  // namespace

Loader::Loader(LoadRequest request, std::shared_ptr<Spill> spill, std::function<void()> on_news)
    : request_(std::move(request)),
      spill_(std::move(spill)),
      on_news_(std::move(on_news)),
      writer_(spill_),
      key_logs_(request_.key_logs),
      thread_([this] { run(); }) {}

Loader::~Loader() {
  cancel();
  thread_.join();
}

void Loader::cancel() {
  const std::scoped_lock lock(mutex_);
  is_cancelled_ = true;
  cancelled_.notify_all();
}

bool Loader::take(RowBatch& batch) {
  const std::scoped_lock lock(mutex_);
  batch = {};
  for (RowBatch& waiting : waiting_) {
    if (batch.rows.empty()) {
      batch = std::move(waiting);
      continue;
    }
    batch.rows.insert(batch.rows.end(), waiting.rows.begin(), waiting.rows.end());
    std::ranges::move(waiting.texts, std::back_inserter(batch.texts));
  }
  waiting_.clear();
  return !batch.rows.empty();
}

LoadProgress Loader::progress() const {
  const std::scoped_lock lock(mutex_);
  return progress_;
}

void Loader::hand_over(bool is_over) {
  {
    const std::scoped_lock lock(mutex_);
    if (!writer_.empty()) waiting_.push_back(writer_.take());
    if (analysis_ != nullptr) {
      progress_.bytes = analysis_->bytes_read();
      progress_.size = analysis_->size();
      progress_.packets = analysis_->analysis().packets();
    }
    progress_.is_over = is_over;
    progress_.was_cancelled = is_cancelled_;
  }
  handed_over_ = steady_clock::now();
  on_news_();
}

bool Loader::wait_for_more() {
  if (!writer_.empty()) hand_over(false);
  load_changed_keys();
  if (request_.source && request_.source->is_over()) {
    // What was written before that may still have to be read.
    if (!std::exchange(was_source_over_, true)) return true;
    if (!request_.source->trouble().empty()) fail({ErrorKind::Environment, request_.source->trouble()});
    return false;
  }
  std::unique_lock lock(mutex_);
  return !cancelled_.wait_for(lock, kFollowEvery, [this] { return is_cancelled_; });
}

// Keys that a program has written meanwhile.
void Loader::load_changed_keys() {
  if (analysis_ == nullptr) return;
  for (const std::string& path : key_logs_.changed()) {
    if (const auto loaded = analysis_->analysis().load_key_log(path); !loaded) fail(loaded.error());
  }
}

bool Loader::is_cancelled() const {
  const std::scoped_lock lock(mutex_);
  return is_cancelled_;
}

// A source is called by its title, not by the file that nobody has named.
void Loader::fail(Error error) {
  const std::string& path = request_.captures.front();
  const std::size_t named = request_.source ? error.message.find(path) : std::string::npos;
  if (named != std::string::npos) error.message.replace(named, path.size(), request_.source->title());
  const std::scoped_lock lock(mutex_);
  progress_.error = std::move(error.message);
}

void Loader::read(CaptureAnalysis& analysis) {
  std::uint64_t packets = kFirstPackets;
  while (true) {
    const auto more = analysis.step(std::exchange(packets, kPacketsPerStep));
    if (!more) fail(more.error());
    if (!more || !*more) return;
    if (is_cancelled()) analysis.stop();
    if (steady_clock::now() - handed_over_ >= kHandOverEvery) hand_over(false);
  }
}

// Until the capture's first bytes are there: what they are tells what is read.
void Loader::wait_for_source() {
  constexpr std::uintmax_t kMagicBytes = 24;
  std::error_code ignored;
  while (!request_.source->is_over() && !is_cancelled() &&
         std::filesystem::file_size(request_.captures.front(), ignored) < kMagicBytes) {
    std::unique_lock lock(mutex_);
    cancelled_.wait_for(lock, kFollowEvery, [this] { return is_cancelled_; });
  }
}

void Loader::run() {
  CaptureInput input;
  input.paths = request_.captures;
  input.key_logs = request_.key_logs;
  if (request_.is_followed || request_.source) input.wait_for_more = [this] { return wait_for_more(); };
  if (request_.source) wait_for_source();
  auto opened = CaptureAnalysis::open(input, request_.options, writer_);
  if (opened) {
    analysis_ = opened->get();
    read(**opened);
  } else {
    const bool has_failed = request_.source && request_.source->is_over() && !request_.source->trouble().empty();
    fail(has_failed ? Error{ErrorKind::Input, request_.source->trouble()} : opened.error());
  }
  hand_over(true);
  analysis_ = nullptr;
}

}  // namespace overhear
