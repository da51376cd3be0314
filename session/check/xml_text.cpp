#include "session/check/xml_text.hpp"

#include <fmt/format.h>

#include <string>

#include "base/utf8.hpp"

namespace overhear {
namespace {

void append_byte(TextBuffer& out, char c) {
  switch (c) {
    case '&': out += "&amp;"; return;
    case '<': out += "&lt;"; return;
    case '>': out += "&gt;"; return;
    case '"': out += "&quot;"; return;
    case '\n': out += "&#10;"; return;
    default: break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20 && byte != 0x7F) {
    out += c;
  } else {
    out += fmt::format("\\x{:02x}", byte);
  }
}

}  // namespace

void append_xml_text(TextBuffer& out, std::string_view text) {
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    const unsigned length = utf8_length(at, end);
    if (length == 1) {
      append_byte(out, *at++);
      continue;
    }
    if (length == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(*at++));
      continue;
    }
    const char32_t character = utf8_character(at, length);
    const bool is_in_xml = character != 0xFFFE && character != 0xFFFF;
    if (is_in_xml && !is_unsafe_character(at, length)) {
      out.append(at, length);
    } else {
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(character));
    }
    at += length;
  }
}

}  // namespace overhear
