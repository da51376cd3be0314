#include "capture/capture_thread.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace overhear {
namespace {

// How often a limit of time is looked at while no packet comes.
constexpr std::int64_t kTickNs = kSecond / 20;

}  // namespace

Timestamp capture_clock() {
  return {std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count()};
}

CaptureThread::CaptureThread(LiveCapture& capture, std::optional<Recording> recording, const CaptureLimits& limits,
                             std::size_t queue_bytes)
    : capture_(capture),
      recording_(std::move(recording)),
      limits_(limits),
      queue_(queue_bytes),
      begun_(capture_clock()),
      drained_until_(begun_.ns),
      stopped_at_(0),
      stop_event_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this] { run(); }) {}

CaptureThread::~CaptureThread() {
  stop();
  queue_.abandon();
  (void)join();
  if (stop_event_ >= 0) ::close(stop_event_);
}

void CaptureThread::stop() {
  std::int64_t not_yet = 0;
  stopped_at_.compare_exchange_strong(not_yet, capture_clock().ns);
  (void)::eventfd_write(stop_event_, 1);
}

std::optional<Error> CaptureThread::join() {
  if (thread_.joinable()) thread_.join();
  return lost_;
}

void CaptureThread::run() {
  const auto on_packet = [this](const Packet& packet) { take(packet); };
  while (!lost_ && !is_over()) {
    const bool is_stopped = stopped_at_ != 0;
    const Timestamp before = capture_clock();
    const auto got = capture_.read(on_packet);
    if (!got) lost_ = got.error();
    if (recording_ && !lost_) {
      if (const auto kept = recording_->flush(capture_clock()); !kept) lost_ = kept.error();
    }
    drained_until_.store(before.ns - LiveCapture::kLatestReadNs, std::memory_order_release);
    if (got && *got > 0) queue_.wake();
    if (is_stopped && (is_past_stop_ || (got == 0 && drained_until() >= Timestamp{stopped_at_}))) break;
    if (got == 0) wait(is_stopped);
  }
  finish_recording();
  queue_.close();
}

void CaptureThread::wait(bool is_stopped) const {
  std::int64_t wait_ns = kTickNs;
  if (limits_.duration_ns != 0) {
    wait_ns = std::clamp<std::int64_t>(begun_.ns + limits_.duration_ns - capture_clock().ns, 0, wait_ns);
  }
  std::array<pollfd, 2> inputs{pollfd{.fd = capture_.descriptor(), .events = POLLIN, .revents = 0},
                               pollfd{.fd = stop_event_, .events = POLLIN, .revents = 0}};
  (void)::poll(inputs.data(), is_stopped ? 1 : 2, static_cast<int>((wait_ns + 999'999) / 1'000'000));
}

void CaptureThread::take(const Packet& packet) {
  if (is_over()) return;
  const std::int64_t stopped_at = stopped_at_.load(std::memory_order_relaxed);
  is_past_stop_ = stopped_at != 0 && packet.time.ns > stopped_at;
  if (is_past_stop_) return;
  ++packets_;
  if (recording_) {
    recording_->write(packet);
    (void)queue_.push(packet);
    return;
  }
  while (!queue_.push(packet)) {
    if (!queue_.wait_for_room()) return;
  }
}

bool CaptureThread::is_over() const {
  if (limits_.packets != 0 && packets_ >= limits_.packets) return true;
  if (limits_.duration_ns != 0 && capture_clock() - begun_ >= limits_.duration_ns) return true;
  if (!recording_) return false;
  // Files of a ring are full in turn: it ends when so many have been.
  if (limits_.files != 0) return recording_->files() > limits_.files;
  return limits_.file_bytes != 0 && recording_->size() >= limits_.file_bytes;
}

void CaptureThread::finish_recording() {
  if (!recording_) return;
  const LiveCapture::Counts counts = capture_.counts();
  const auto kept = recording_->finish({.from = begun_,
                                        .to = capture_clock(),
                                        .received = counts.received,
                                        .dropped_by_interface = counts.dropped_by_interface,
                                        .dropped_by_kernel = counts.dropped_by_kernel});
  if (!kept && !lost_) lost_ = kept.error();
}

}  // namespace overhear
