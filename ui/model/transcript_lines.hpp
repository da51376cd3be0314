// The chat of the rows that are looked at, kept line by line as session/transcript/ tells it: who said what when and
// where, and the row that it came from. Grows a little at a time. Texts lie in a spill; a line takes sizeof(ChatLine).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "session/store/string_table.hpp"
#include "session/transcript/transcript.hpp"
#include "ui/model/visible_rows.hpp"

namespace overhear {

struct ChatLine {
  Timestamp time;
  Spill::Place place;        // of its text
  std::uint32_t length = 0;  // of its text
  std::uint32_t row = 0;     // of the message that it came from, or what else told it
  std::uint32_t room = 0;    // in rooms()
  StringId author = 0;
  bool is_quiet : 1 = false;
  bool is_trouble : 1 = false;
  bool has_breaks : 1 = false;  // its text has line feeds
};
static_assert(sizeof(ChatLine) <= 40);

struct ChatRoom {
  const Protocol* protocol = nullptr;
  std::string name;  // printable; empty: in no room
  std::uint64_t lines = 0;
};

class TranscriptLines final : private TranscriptSink {
 public:
  // Longer texts are cut, and say so: the message itself has them whole.
  static constexpr std::size_t kLongestText = 16u << 10;

  // Rows, or the store, are other ones from here on.
  void restart();
  // Tells more of the rows for about so long. `is_final`: nothing follows what the rows have now. REQUIRES: rows in the
  // order of the store, with events; restart() where they began anew.
  void advance(const RecordStore& store, const VisibleRows& rows, bool is_final, std::chrono::microseconds budget);
  bool is_complete(const VisibleRows& rows, bool is_final) const {
    return told_ == rows.size() && (is_finished_ || !is_final);
  }

  std::size_t size() const { return lines_.size(); }
  const ChatLine& operator[](std::size_t line) const { return lines_[line]; }
  // Printable, but for the line feeds between its lines.
  std::string_view text(const ChatLine& line) const;
  std::string_view author(const ChatLine& line) const { return authors_[line.author]; }
  const std::vector<ChatRoom>& rooms() const { return rooms_; }  // in the order in which they were first heard of
  std::uint64_t said() const { return transcript_ ? transcript_->said() : 0; }
  std::uint64_t beginnings() const { return beginnings_; }  // counts restart()
  // The last line that came from this row or one before it; SIZE_MAX: there is none.
  std::size_t line_near(std::size_t row) const;

 private:
  void on_line(const TranscriptLine& line) override;
  std::size_t row_of(const TranscriptLine& line) const;
  std::uint32_t room_of(const TranscriptLine& line);

  std::optional<Transcript> transcript_;
  const RecordStore* store_ = nullptr;  // of the call
  const VisibleRows* rows_ = nullptr;   // the same
  std::size_t told_ = 0;                // of the rows
  bool is_finished_ = false;
  std::vector<ChatLine> lines_;
  std::vector<ChatRoom> rooms_;
  std::map<std::pair<const Protocol*, std::string>, std::uint32_t> room_numbers_;
  StringTable authors_;
  std::unique_ptr<Spill> texts_;
  std::uint64_t beginnings_ = 0;
};

}  // namespace overhear
