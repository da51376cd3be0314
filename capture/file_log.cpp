#include "capture/file_log.hpp"

#include <fmt/format.h>

#include <utility>

#include "capture/file_rules.hpp"

namespace overhear {

void FileLog::report(const Rule& rule, std::string text, std::uint64_t bytes) {
  if (++reports_ > kMostReports) {
    unreported_bytes_ += bytes;
    return;
  }
  Finding finding;
  finding.rule = &rule;
  finding.text = std::move(text);
  finding.bytes = bytes;
  events_.on_finding(finding, last);
}

void FileLog::finish() {
  if (reports_ <= kMostReports) return;
  Finding finding;
  finding.rule = &file_rules::kBadRecord;
  finding.text = fmt::format("the file is damaged in {} more places", reports_ - kMostReports);
  finding.bytes = unreported_bytes_;
  reports_ = 0;
  events_.on_finding(finding, last);
}

}  // namespace overhear
