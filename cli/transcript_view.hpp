// The chat as people read it: time of day, room, author and text in columns, long texts wrapped below their beginning.
//
//   ── 2026-11-21 UTC
//   04:18:16  tea          alice │ Hi Bob, the kettle is on.
//   04:18:17  tea              — │ bob left
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/text_line.hpp"
#include "session/export/json_text.hpp"
#include "session/export/output.hpp"
#include "session/transcript/transcript.hpp"

namespace overhear {

struct TranscriptOptions {
  bool with_color = false;
  bool is_ascii = false;  // nothing else may be written
  std::size_t width = 0;  // texts are wrapped at so many columns; 0: never
};

class TranscriptView final : public TranscriptSink {
 public:
  // `output` outlives this.
  TranscriptView(Output& output, const TranscriptOptions& options)
      : options_(options), line_(output, 0, options.with_color, options.is_ascii) {}

  void on_line(const TranscriptLine& line) override;

 private:
  void put_day(Timestamp time);
  void put_columns(std::string_view time, std::string_view room, std::string_view author, std::string_view color);

  TranscriptOptions options_;
  TextLine line_;
  TimeFormatter times_;
  TextBuffer time_;
  std::string day_;
  // As wide as what has been shown, within bounds.
  std::size_t room_width_ = 8;
  std::size_t author_width_ = 8;
};

}  // namespace overhear
