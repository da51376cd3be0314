// What a capture reader says about its file, and where it stands: the number and time of the last packet.
#pragma once

#include <cstdint>
#include <string>

#include "base/finding.hpp"
#include "base/time.hpp"
#include "capture/capture_file.hpp"

namespace overhear {

class FileLog {
 public:
  // A file that is damaged in more places than this gets one finding for all the rest.
  static constexpr std::uint64_t kMostReports = 1000;

  explicit FileLog(CaptureEvents& events) : events_(events) {}

  // The last packet record that was read, damaged ones included.
  Stamp last;

  // `bytes`: how many bytes of the file the fact is about.
  void report(const Rule& rule, std::string text, std::uint64_t bytes);
  // At the end of the file: tells what the limit kept back.
  void finish();
  void on_secrets(std::uint32_t type, Bytes secrets) { events_.on_secrets(type, secrets); }
  void on_interface(const InterfaceDescription& interface) { events_.on_interface(interface); }

 private:
  CaptureEvents& events_;
  std::uint64_t reports_ = 0;
  std::uint64_t unreported_bytes_ = 0;
};

}  // namespace overhear
