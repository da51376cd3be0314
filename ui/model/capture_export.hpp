// Writes the packets of some sessions to a new capture, beside the interface: that reads the captures once more.
#pragma once

#include <expected>
#include <future>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "session/packet_copy.hpp"

namespace overhear {

class CaptureExport {
 public:
  // `key_logs`: files, of whose keys those that open the sessions go along; none: none do.
  CaptureExport(PacketCopy copy, std::vector<std::string> key_logs, const AnalysisOptions& options);

  // How many packets were written; nothing: it goes on.
  std::optional<std::expected<std::uint64_t, Error>> poll();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::future<std::expected<std::uint64_t, Error>> result_;
};

}  // namespace overhear
