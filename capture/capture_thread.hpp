// An interface drained by a thread of its own, so that the kernel's buffer never waits for those who look at the
// packets: each goes to the file first, if there is one, then into a queue. Where the queue is full, packets that the
// file holds pass by it (their numbers are missing in what the reader gets); without a file they wait in the kernel,
// which counts what it has to drop.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>

#include "base/error.hpp"
#include "capture/live_capture.hpp"
#include "capture/packet_queue.hpp"
#include "capture/recording.hpp"

namespace overhear {

// What ends a capture; 0: no such limit.
struct CaptureLimits {
  std::int64_t duration_ns = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t packets = 0;
  std::uint64_t files = 0;
};

// The clock that packets are stamped with.
Timestamp capture_clock();

class CaptureThread {
 public:
  // Begins at once. `capture` outlives this and is the thread's alone until join(); `queue_bytes` may wait for the
  // reader.
  CaptureThread(LiveCapture& capture, std::optional<Recording> recording, const CaptureLimits& limits,
                std::size_t queue_bytes);
  ~CaptureThread();
  CaptureThread(const CaptureThread&) = delete;

  // What comes from here on is not captured any more.
  void stop();
  // The reader's end of the queue; closed when the capture is over, by a limit, stop() or an error.
  PacketQueue& queue() { return queue_; }
  // Every packet of before this time is in the queue.
  Timestamp drained_until() const { return {drained_until_.load(std::memory_order_acquire)}; }

  // Waits for the end. The error of an interface or a file that was lost, if one was.
  std::optional<Error> join();
  // Behind join():
  std::uint64_t packets() const { return packets_; }

 private:
  void run();
  void wait(bool is_stopped) const;
  void take(const Packet& packet);
  bool is_over() const;
  void finish_recording();

  LiveCapture& capture_;
  std::optional<Recording> recording_;
  CaptureLimits limits_;
  PacketQueue queue_;
  Timestamp begun_;
  std::uint64_t packets_ = 0;
  bool is_past_stop_ = false;
  std::optional<Error> lost_;
  std::atomic<std::int64_t> drained_until_;
  std::atomic<std::int64_t> stopped_at_;  // 0: not yet
  int stop_event_ = -1;
  std::thread thread_;
};

}  // namespace overhear
