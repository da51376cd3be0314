// Behind a loss, and behind bytes that are no record: where the next record is, or that there is none.
#include <fmt/format.h>

#include <algorithm>

#include "dissectors/app_rules.hpp"
#include "dissectors/tls/tls_rules.hpp"
#include "dissectors/tls/tls_stream.hpp"

namespace overhear {

void TlsStream::look_for_record(const Rule& why, std::optional<std::uint64_t> bytes) {
  report(why, {}, bytes);
  if (direction_ == Direction::Server) connection_.on_early_data_unknown();
  is_searching_ = true;
  searched_ = 0;
  tried_ = 0;
}

// Looks for a record that opens. Its place in the stream and its number are both proven by that.
bool TlsStream::search(bool is_end) {
  if (in().empty()) return false;
  if (waits_for_hello(is_end) || waits_for_early_data(is_end)) return false;
  if (!opener_.can_open()) {
    if (waits_for_key(is_end)) return false;
    report_closed();
    is_searching_ = false;
    is_lost_ = true;
    return true;
  }
  for (;; ++searched_) {
    const std::string_view view = in().view().substr(searched_);
    if (view.empty()) break;
    if (!may_begin_record(view)) continue;
    const auto header = parse_record_header(view);
    if (!header || view.size() < header->record_bytes()) {
      if (!is_end) break;
      continue;
    }
    const std::string_view record = view.substr(0, header->record_bytes());
    if (const auto opened = open(record, false)) {
      const std::size_t size = record.size();
      pass_over(searched_);
      searched_ = 0;
      is_searching_ = false;
      is_protected_ = !connection_.is_tls13();
      report(tls_rules::kFound);
      take_opened(*opened, size);
      return true;
    }
    if (++tried_ < context_.limits.tls_search_records) continue;
    give_up();
    return true;
  }
  const std::size_t run = context_.limits.opaque_run_bytes;
  const std::size_t passed = is_end ? in().size() : searched_ / run * run;
  pass_over(passed);
  searched_ -= std::min(passed, searched_);
  return false;
}

void TlsStream::pass_over(std::size_t length) {
  while (length > 0) {
    const std::size_t part = std::min(length, context_.limits.opaque_run_bytes);
    emit_encrypted(part, &app_rules::kPartial, true);
    length -= part;
  }
}

void TlsStream::give_up() {
  flush_run();
  report(tls_rules::kLost, fmt::format("none of {} records opens: the rest of what the {} sends stays encrypted",
                                       context_.limits.tls_search_records, to_string(direction_)));
  sink_.on_content_lost(direction_);
  is_searching_ = false;
  is_lost_ = true;
}

}  // namespace overhear
