// The rows that are looked at told again, to those who make something else of them than a list of messages: each only
// when its view is shown, a little at a time.
#pragma once

#include <chrono>
#include <cstdint>

#include "ui/model/capture_statistics.hpp"
#include "ui/model/finding_index.hpp"
#include "ui/model/transcript_layout.hpp"
#include "ui/model/transcript_lines.hpp"
#include "ui/model/visible_rows.hpp"

namespace overhear {

enum class Retelling : std::uint8_t { None, Transcript, Findings, Statistics };

class Retellings {
 public:
  // The store is another one.
  void restart();
  // Narrows to what the table is narrowed to, whatever its order, and whether or not it shows events.
  void follow(const VisibleRows& table);
  // Goes on with one of them for about so long. `is_final`: the store does not grow.
  void advance(Retelling shown, const RecordStore& store, bool is_final, std::chrono::microseconds budget);
  bool is_complete(Retelling shown, const RecordStore& store, bool is_final) const;

  // What is told, events too.
  const VisibleRows& rows() const { return rows_; }
  const TranscriptLines& transcript() const { return transcript_; }
  TranscriptLayout& layout() { return layout_; }
  const TranscriptLayout& layout() const { return layout_; }
  FindingIndex& findings() { return findings_; }
  const FindingIndex& findings() const { return findings_; }
  const CaptureStatistics& statistics() const { return statistics_; }

 private:
  VisibleRows rows_;
  std::uint64_t transcript_of_ = UINT64_MAX;  // rows_.restarts()
  TranscriptLines transcript_;
  TranscriptLayout layout_;
  std::uint64_t findings_of_ = UINT64_MAX;  // the same
  FindingIndex findings_;
  std::uint64_t statistics_of_ = UINT64_MAX;  // the same
  CaptureStatistics statistics_;
};

}  // namespace overhear
