// One capture under way: a thread captures, this one looks at the packets, until something ends it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/file_watch.hpp"
#include "capture/capture_thread.hpp"
#include "cli/interrupt.hpp"
#include "session/analysis.hpp"

namespace overhear {

// What a capture needs of the command that runs it.
class LiveHost {
 public:
  virtual ~LiveHost() = default;

  // Whether what is found can be given to nobody any more: then packets are no longer looked at.
  virtual bool has_failed() const = 0;
  // What was found so far is complete.
  virtual void flush() = 0;
  // As wait_for_input(); Interrupted when the capture is to end, again and again from then on.
  virtual Wait wait(int descriptor, int milliseconds) = 0;
};

class LiveSession {
 public:
  // All outlive this.
  LiveSession(CaptureThread& capture, Analysis& analysis, LiveHost& host, const std::vector<std::string>& key_logs)
      : capture_(capture), analysis_(analysis), host_(host), key_logs_(key_logs) {}

  // Goes on until something ends the capture. The error of an interface or a file that was lost; none for an end in
  // order.
  std::optional<Error> run();

 private:
  void load_keys();
  void wait();
  void take(const Packet& packet);
  // `number`: of the packet that follows.
  void tell_of_missing(std::uint64_t number);
  // Now and then: looks at what may have changed. Whether it was time for it.
  bool tick();

  CaptureThread& capture_;
  Analysis& analysis_;
  LiveHost& host_;
  FileWatch key_logs_;
  bool is_stopped_ = false;
  Timestamp next_tick_;
  Stamp last_;
};

}  // namespace overhear
