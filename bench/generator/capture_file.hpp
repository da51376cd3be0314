// Writes a capture file, pcap or pcapng by its name, as a stream: nothing of what was written is kept.
#pragma once

#include <cstdint>
#include <cstdio>
#include <expected>
#include <memory>
#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/time.hpp"

namespace overhear::bench {

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdout) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// "-" is standard output.
std::expected<File, Error> open_output(const std::string& path);
// What was written has reached the file. stdio keeps the first failure, so that asking once at the end is enough.
std::expected<void, Error> finish_output(File& file, const std::string& path);

class CaptureFile {
 public:
  static std::expected<CaptureFile, Error> open(const std::string& path);

  // One Ethernet frame, complete.
  void write(Timestamp time, Bytes frame);
  std::expected<void, Error> finish() { return finish_output(file_, path_); }

  std::uint64_t packets() const { return packets_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  CaptureFile(File file, std::string path, bool is_pcapng);
  void put(const void* data, std::size_t size);

  File file_;
  std::string path_;
  bool is_pcapng_;
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace overhear::bench
