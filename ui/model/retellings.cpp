#include "ui/model/retellings.hpp"

#include <utility>

namespace overhear {

void Retellings::restart() {
  rows_.restart();
}

void Retellings::follow(const VisibleRows& table) {
  rows_.show_events(true);
  if (rows_.sessions() != table.sessions()) rows_.choose_sessions(table.sessions());
  // The table's filter has been found to be one.
  if (rows_.filter_text() != table.filter_text()) (void)rows_.filter(table.filter_text());
}

void Retellings::advance(Retelling shown, const RecordStore& store, bool is_final, std::chrono::microseconds budget) {
  if (shown == Retelling::None) return;
  rows_.advance(store, budget / 2);
  const bool is_last = is_final && rows_.is_complete(store);
  const auto begins_anew = [&](std::uint64_t& of) { return std::exchange(of, rows_.restarts()) != of; };
  switch (shown) {
    case Retelling::None: break;
    case Retelling::Transcript:
      if (begins_anew(transcript_of_)) {
        transcript_.restart();
        layout_.choose_room(TranscriptLayout::kAllRooms);  // the numbers of rooms mean others
      }
      transcript_.advance(store, rows_, is_last, budget);
      layout_.advance(transcript_, budget);
      break;
    case Retelling::Findings:
      if (begins_anew(findings_of_)) findings_.restart();
      findings_.advance(store, rows_, budget);
      break;
    case Retelling::Statistics:
      if (begins_anew(statistics_of_)) statistics_.restart();
      statistics_.advance(store, rows_, budget);
      break;
  }
}

bool Retellings::is_complete(Retelling shown, const RecordStore& store, bool is_final) const {
  if (shown == Retelling::None) return true;
  if (!rows_.is_complete(store)) return false;
  switch (shown) {
    case Retelling::None: break;
    case Retelling::Transcript:
      return transcript_of_ == rows_.restarts() && transcript_.is_complete(rows_, is_final) &&
             layout_.is_complete(transcript_);
    case Retelling::Findings: return findings_of_ == rows_.restarts() && findings_.is_complete(rows_);
    case Retelling::Statistics: return statistics_of_ == rows_.restarts() && statistics_.is_complete(rows_);
  }
  return true;
}

}  // namespace overhear
