#include "cli/transcript_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "cli/wrap.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kMostRoom = 12;
constexpr std::size_t kMostAuthor = 16;
constexpr std::size_t kLeastText = 20;
constexpr std::size_t kDayLength = 10;  // "2026-11-21"
constexpr std::size_t kTimeLength = 8;  // "04:18:16"
constexpr std::string_view kNobody = "—";

constexpr std::string_view kAuthorColors[] = {"\x1b[36m", "\x1b[32m", "\x1b[35m", "\x1b[34m", "\x1b[33m", "\x1b[31m"};

std::string shorten(std::string_view name, std::size_t width) {
  std::string printable;
  append_printable(printable, name);
  return fit(printable, width);
}

// The same for the same name, whenever it comes.
std::string_view color_of(std::string_view author) {
  std::size_t sum = 0;
  for (const char c : author) sum = sum * 31 + static_cast<unsigned char>(c);
  return kAuthorColors[sum % std::size(kAuthorColors)];
}

}  // namespace

void TranscriptView::put_day(Timestamp time) {
  time_.clear();
  times_.append(time_, time);
  const std::string_view day = time_.view().substr(0, kDayLength);
  if (day == day_) return;
  day_ = day;
  line_.put(fmt::format("── {} UTC", day_), color::kBold);
  line_.end();
}

void TranscriptView::put_columns(std::string_view time, std::string_view room, std::string_view author,
                                 std::string_view color) {
  line_.put(fmt::format("{:8}  ", time), color::kFaint);
  line_.put(room, color::kFaint);
  line_.put(std::string(room_width_ - columns(room) + 2, ' '));
  line_.put(std::string(author_width_ - columns(author), ' '));
  line_.put(author, color);
  line_.put(" │ ", color::kFaint);
}

void TranscriptView::on_line(const TranscriptLine& line) {
  put_day(line.time);
  const std::string room = shorten(line.room, kMostRoom);
  const std::string author = line.is_quiet ? std::string(kNobody) : shorten(line.author, kMostAuthor);
  room_width_ = std::max(room_width_, columns(room));
  author_width_ = std::max(author_width_, columns(author));
  const std::size_t before = kTimeLength + 2 + room_width_ + 2 + author_width_ + 3;
  const std::size_t width =
      options_.width == 0 ? 0 : std::max(kLeastText, options_.width - std::min(options_.width, before));
  const std::string_view text_color = line.is_trouble ? color::kYellow : line.is_quiet ? color::kFaint : "";
  const std::string time(time_.view().substr(kDayLength + 1, kTimeLength));
  bool is_first = true;
  for (const std::string& text : wrap(line.text, width)) {
    if (is_first) {
      put_columns(time, room, author, line.is_quiet ? color::kFaint : color_of(author));
    } else {
      put_columns({}, {}, {}, {});
    }
    is_first = false;
    line_.put(text, text_color);
    line_.end();
  }
}

}  // namespace overhear
