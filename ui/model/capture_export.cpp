#include "ui/model/capture_export.hpp"

#include <fstream>
#include <iterator>
#include <utility>

namespace overhear {
namespace {

std::string contents_of(const std::vector<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    text.append(std::istreambuf_iterator<char>(file), {});
    if (!text.ends_with('\n')) text += '\n';
  }
  return text;
}

std::expected<std::uint64_t, Error> write(PacketCopy copy, const std::vector<std::string>& key_logs,
                                          const AnalysisOptions& options) {
  if (!key_logs.empty()) {
    auto keys = keys_of_sessions(copy, contents_of(key_logs), options);
    if (!keys) return std::unexpected(keys.error());
    copy.key_log = std::move(*keys);
  }
  return copy_packets(copy, options.limits);
}

}  // namespace

CaptureExport::CaptureExport(PacketCopy copy, std::vector<std::string> key_logs, const AnalysisOptions& options)
    : path_(copy.to), result_(std::async(std::launch::async, write, std::move(copy), std::move(key_logs), options)) {}

std::optional<std::expected<std::uint64_t, Error>> CaptureExport::poll() {
  if (!result_.valid() || result_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return std::nullopt;
  return result_.get();
}

}  // namespace overhear
