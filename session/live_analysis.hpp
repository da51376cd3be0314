// One capture under way: a thread captures, this one looks at the packets, until something ends it. Knows no signals
// and no screen: who runs it is asked, and told, as a LiveHost.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/file_watch.hpp"
#include "capture/capture_thread.hpp"
#include "session/analysis.hpp"

namespace overhear {

enum class LiveWait { Over, Stopped };

// What a capture needs of who runs it. Called from within LiveAnalysis::run(), in its thread.
class LiveHost {
 public:
  virtual ~LiveHost() = default;

  // Whether what is found can be given to nobody any more: then packets are no longer looked at.
  virtual bool has_failed() const = 0;
  // What was found so far is complete.
  virtual void flush() = 0;
  // A key log that cannot be read as it is now. The capture goes on.
  virtual void tell(const Error& error) = 0;
  // Until `descriptor` (or none: -1) has something to read or `milliseconds` are over. Stopped, at once, when the
  // capture is to end, again and again from then on.
  virtual LiveWait wait(int descriptor, int milliseconds) = 0;
};

class LiveAnalysis {
 public:
  // All outlive this.
  LiveAnalysis(CaptureThread& capture, Analysis& analysis, LiveHost& host, const std::vector<std::string>& key_logs)
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
  void stop();

  CaptureThread& capture_;
  Analysis& analysis_;
  LiveHost& host_;
  FileWatch key_logs_;
  bool is_stopped_ = false;
  Timestamp next_tick_;
  Stamp last_;
};

}  // namespace overhear
