#include "ui/model/transcript_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kRowsPerLook = 64;  // between two looks at the clock
constexpr std::size_t kLookBack = 256;    // rows, for the one that a line is of
constexpr std::size_t kLongestName = 256;

// Its line feeds stay; all else is made printable.
std::string shown_text(std::string_view text, std::size_t longest) {
  const std::string_view kept = utf8_prefix(text, longest);
  std::string shown;
  for (std::size_t at = 0; at <= kept.size();) {
    const std::size_t end = std::min(kept.find('\n', at), kept.size());
    std::string_view part = kept.substr(at, end - at);
    if (part.ends_with('\r')) part.remove_suffix(1);
    if (at > 0) shown += '\n';
    append_printable(shown, part);
    at = end + 1;
  }
  if (kept.size() < text.size()) shown += fmt::format("… ({} bytes in all)", text.size());
  return shown;
}

std::string shown_name(std::string_view name) {
  std::string shown;
  append_printable(shown, utf8_prefix(name, kLongestName));
  return shown;
}

}  // namespace

void TranscriptLines::restart() {
  transcript_.reset();
  told_ = 0;
  is_finished_ = false;
  lines_ = {};
  rooms_ = {};
  room_numbers_ = {};
  authors_ = StringTable();
  texts_ = std::make_unique<Spill>();
  ++beginnings_;
}

void TranscriptLines::advance(const RecordStore& store, const VisibleRows& rows, bool is_final,
                              std::chrono::microseconds budget) {
  if (!transcript_) {
    if (!texts_) restart();
    transcript_.emplace(store.limits(), static_cast<TranscriptSink&>(*this));
  }
  store_ = &store;
  rows_ = &rows;
  const auto end = steady_clock::now() + budget;
  while (told_ < rows.size()) {
    const std::size_t until = std::min(rows.size(), told_ + kRowsPerLook);
    for (; told_ < until; ++told_) store.tell(rows[told_], *transcript_);
    if (steady_clock::now() >= end) break;
  }
  if (!is_final || is_finished_ || told_ < rows.size()) return;
  is_finished_ = true;
  transcript_->finish();
}

// Lists and passages are told behind their last row, and what a message changed in a room behind the message.
std::size_t TranscriptLines::row_of(const TranscriptLine& line) const {
  const std::size_t last = std::min(told_, rows_->size() - 1);
  const std::size_t first = last - std::min(last, kLookBack);
  std::size_t found = last;
  for (std::size_t at = last + 1; at-- > first;) {
    if (store_->row((*rows_)[at]).time != line.time) continue;
    found = at;
    break;
  }
  const Row& row = store_->row((*rows_)[found]);
  if (row.kind == RecordKind::Message || row.number == 0) return (*rows_)[found];
  for (std::size_t at = found; at-- > first;) {
    const Row& before = store_->row((*rows_)[at]);
    if (before.kind == RecordKind::Message && before.session == row.session && before.number == row.number) {
      return (*rows_)[at];
    }
  }
  return (*rows_)[found];
}

std::uint32_t TranscriptLines::room_of(const TranscriptLine& line) {
  const std::string name = shown_name(line.room);
  // What is of no room is in one place, whoever told it.
  const Protocol* const protocol = name.empty() ? nullptr : line.protocol;
  const auto [found, is_new] = room_numbers_.try_emplace({protocol, name}, static_cast<std::uint32_t>(rooms_.size()));
  if (is_new) rooms_.push_back({.protocol = protocol, .name = name});
  ++rooms_[found->second].lines;
  return found->second;
}

void TranscriptLines::on_line(const TranscriptLine& line) {
  const std::string text = shown_text(line.text, kLongestText);
  lines_.push_back({.time = line.time,
                    .place = texts_->append(as_bytes(text)),
                    .length = static_cast<std::uint32_t>(text.size()),
                    .row = static_cast<std::uint32_t>(row_of(line)),
                    .room = room_of(line),
                    .author = authors_.intern(shown_name(line.author)),
                    .is_quiet = line.is_quiet,
                    .is_trouble = line.is_trouble,
                    .has_breaks = text.find('\n') != std::string::npos});
}

std::string_view TranscriptLines::text(const ChatLine& line) const {
  return as_text(texts_->read(line.place, line.length));
}

std::size_t TranscriptLines::line_near(std::size_t row) const {
  const auto is_later = [](std::size_t sought, const ChatLine& line) { return sought < line.row; };
  const auto behind = std::upper_bound(lines_.begin(), lines_.end(), row, is_later);
  return behind == lines_.begin() ? SIZE_MAX : static_cast<std::size_t>(behind - lines_.begin()) - 1;
}

}  // namespace overhear
