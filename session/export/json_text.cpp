#include "session/export/json_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/utf8.hpp"
#include "dissectors/json/text_scan.hpp"

namespace overhear {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void append_unit_escape(TextBuffer& out, unsigned unit) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[unit >> shift & 15];
}

// What stands at p and is special: escapes or copies it. `keeps_escapes`: backslashes are escapes already.
const char* append_special(TextBuffer& out, const char* p, const char* end, bool keeps_escapes) {
  const auto c = static_cast<unsigned char>(*p);
  if (c >= 0x80) {
    const unsigned length = utf8_length(p, end);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      return p + 1;
    }
    if (is_unsafe_character(p, length)) {
      append_unit_escape(out, utf8_character(p, length));
    } else {
      out.append(p, length);
    }
    return p + length;
  }
  if (c == '\\' && keeps_escapes && end - p >= 2) {
    out.append(p, 2);
    return p + 2;
  }
  if (c == '"' || c == '\\') {
    out += '\\';
    out += *p;
  } else if (c == '\n') {
    out += "\\n";
  } else if (c == '\t') {
    out += "\\t";
  } else if (c == '\r') {
    out += "\\r";
  } else {
    append_unit_escape(out, c);
  }
  return p + 1;
}

void append_string(TextBuffer& out, std::string_view text, bool keeps_escapes) {
  out += '"';
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p != end) {
    const char* const special = find_special_in_string(p, end);
    out.append(p, static_cast<std::size_t>(special - p));
    p = special == end ? end : append_special(out, special, end, keeps_escapes);
  }
  out += '"';
}

}  // namespace

void append_json_string(TextBuffer& out, std::string_view text) {
  append_string(out, text, false);
}

void append_json_string_as_sent(TextBuffer& out, std::string_view escaped) {
  append_string(out, escaped, true);
}

void append_json_body(TextBuffer& out, const JsonIndex& json) {
  const std::string_view text = json.text();
  const JsonIndex::Flags& flags = json.flags();
  if (!flags.unsafe_in_strings) {
    char* const place = out.extend(text.size());
    std::memcpy(place, text.data(), text.size());
    if (flags.breaks_between_tokens) {
      // In valid JSON these bytes stand only between tokens.
      std::replace_if(place, place + text.size(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    }
    return;
  }
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p != end) {
    const auto c = static_cast<unsigned char>(*p);
    if (c == 0x7F) {
      append_unit_escape(out, c);
      ++p;
    } else if (c >= 0x80) {
      p = append_special(out, p, end, true);
    } else {
      out += c == '\n' || c == '\r' || c == '\t' ? ' ' : *p;
      ++p;
    }
  }
}

void append_number(TextBuffer& out, std::uint64_t number) {
  // In place: a copy of bytes that were just written one by one would wait for them.
  constexpr std::size_t kDigits = 20;
  char* const place = out.room(kDigits);
  out.end_at(std::to_chars(place, place + kDigits, number).ptr);
}

void TimeFormatter::append(TextBuffer& out, Timestamp time) {
  std::int64_t second = time.ns / kSecond;
  std::int64_t fraction = time.ns % kSecond;
  if (fraction < 0) {
    fraction += kSecond;
    --second;
  }
  if (second != second_) {
    second_ = second;
    // Civil date from days since the epoch (proleptic Gregorian calendar).
    std::int64_t days = second / 86400;
    std::int64_t rest = second % 86400;
    if (rest < 0) {
      rest += 86400;
      --days;
    }
    days += 719468;  // 0000-03-01
    const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const std::int64_t day_of_era = days - era * 146097;
    const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
    const std::int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    const std::int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    const auto put = [this](int at, int width, std::int64_t value) {
      for (int i = at + width - 1; i >= at; --i) {
        text_[i] = static_cast<char>('0' + value % 10);
        value /= 10;
      }
    };
    std::memcpy(text_, "0000-00-00T00:00:00.", 20);
    put(0, 4, year);
    put(5, 2, month);
    put(8, 2, day);
    put(11, 2, rest / 3600);
    put(14, 2, rest / 60 % 60);
    put(17, 2, rest % 60);
  }
  char* const place = out.extend(sizeof text_ + 10);
  std::memcpy(place, text_, sizeof text_);
  char* const digits = place + sizeof text_;
  for (int i = 8; i >= 0; --i) {
    digits[i] = static_cast<char>('0' + fraction % 10);
    fraction /= 10;
  }
  digits[9] = 'Z';
}

}  // namespace overhear
