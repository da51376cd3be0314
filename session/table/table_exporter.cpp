#include "session/table/table_exporter.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace overhear {
namespace {

constexpr char kHex[] = "0123456789abcdef";

// tshark's escapes for white space; 0 where there is none.
constexpr char letter_of(char c) {
  switch (c) {
    case '\b': return 'b';
    case '\t': return 't';
    case '\n': return 'n';
    case '\v': return 'v';
    case '\f': return 'f';
    case '\r': return 'r';
    default: return 0;
  }
}

void append_byte_escape(TextBuffer& out, unsigned char c) {
  out += "\\x";
  out += kHex[c >> 4];
  out += kHex[c & 15];
}

// What makes spreadsheets calculate (OWASP, CSV Injection).
bool is_formula(std::string_view cell) {
  return !cell.empty() && std::string_view("=+-@\t\r\n").contains(cell.front());
}

}  // namespace

TableOptions csv_options() {
  TableOptions table;
  table.separator = ',';
  table.quoting = Quoting::Needed;
  table.has_header = table.has_crlf = table.keeps_breaks = table.guards_formulas = true;
  return table;
}

TableExporter::TableExporter(Output& output, TableOptions options)
    : output_(output), options_(std::move(options)), cells_(options_.cells) {
  if (options_.quoting == Quoting::Single) quote_ = '\'';
  classify();
  if (options_.has_byte_order_mark) output_.buffer() += kByteOrderMark;
  if (!options_.has_header) return;
  for (const Column& column : options_.columns) {
    if (&column != &options_.columns.front()) output_.buffer() += options_.separator;
    put(column.name, true, false);
  }
  end_line();
}

// A semicolon and a tab are what spreadsheets of some countries split at, whatever the separator is.
void TableExporter::classify() {
  for (unsigned c = 0; c < classes_.size(); ++c) {
    if (c < 0x20 || c >= 0x7F) classes_[c] = kSpecial;
  }
  if (options_.quoting == Quoting::None) return;
  classes_[static_cast<unsigned char>(quote_)] = kSpecial | kQuotes;
  for (const char c : {options_.separator, ',', ';', '\t', '\n', '\r'}) {
    classes_[static_cast<unsigned char>(c)] |= kQuotes;
  }
}

void TableExporter::on_subject(const Subject& subject) {
  if (subject.kind != RecordKind::Message && !options_.with_events) return;
  bool is_first = true;
  for (const Column& column : options_.columns) {
    if (!is_first) output_.buffer() += options_.separator;
    is_first = false;
    const std::string_view cell = cells_.write(column, subject);
    put(cell, cells_.is_present(), cells_.is_free_text());
  }
  end_line();
}

void TableExporter::put(std::string_view cell, bool is_present, bool is_free_text) {
  if (!is_present) return;
  TextBuffer& out = output_.buffer();
  unsigned found = kPlain;
  for (const char c : cell) found |= classes_[static_cast<unsigned char>(c)];
  const bool is_guarded = options_.guards_formulas && is_free_text && is_formula(cell);
  const bool is_spaced = !cell.empty() && (cell.front() == ' ' || cell.back() == ' ');
  const bool is_quoted =
      options_.quoting == Quoting::Needed ? (found & kQuotes) != 0 || is_spaced : options_.quoting != Quoting::None;
  if (is_quoted) out += quote_;
  if (is_guarded) out += '\'';
  if ((found & kSpecial) != 0) {
    put_special(cell);
  } else {
    out.append(cell);
  }
  if (is_quoted) out += quote_;
}

// What needs no escape is copied in runs.
void TableExporter::put_special(std::string_view cell) {
  const char* const end = cell.data() + cell.size();
  std::size_t start = 0;
  for (std::size_t at = 0; at < cell.size();) {
    const auto c = static_cast<unsigned char>(cell[at]);
    const char* const p = cell.data() + at;
    const unsigned length = c < 0x80 ? 1 : utf8_length(p, end);
    const bool is_plain = c < 0x80 ? (classes_[c] & kSpecial) == 0 : length > 1 && !is_unsafe_character(p, length);
    if (is_plain) {
      at += length;
      continue;
    }
    output_.buffer().append(cell.substr(start, at - start));
    start = at = put_character(cell, at);
  }
  output_.buffer().append(cell.substr(start));
}

std::size_t TableExporter::put_character(std::string_view cell, std::size_t at) {
  TextBuffer& out = output_.buffer();
  const char c = cell[at];
  const char* const p = cell.data() + at;
  const unsigned length = utf8_length(p, cell.data() + cell.size());
  if (length > 1) {
    const auto character = static_cast<std::uint32_t>(utf8_character(p, length));
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += kHex[character >> shift & 15];
    return at + length;
  }
  const bool is_break = c == '\n' || c == '\t';
  const bool is_carriage_return = c == '\r' && cell.substr(at + 1).starts_with('\n');
  if (c == quote_ && options_.quoting != Quoting::None) {
    out += c;
    out += c;
  } else if (options_.keeps_breaks && (is_break || is_carriage_return)) {
    if (is_break) out += c;
  } else if (const char letter = letter_of(c); letter != 0) {
    out += '\\';
    out += letter;
  } else {
    append_byte_escape(out, static_cast<unsigned char>(c));
  }
  return at + 1;
}

void TableExporter::end_line() {
  output_.buffer() += options_.has_crlf ? std::string_view("\r\n") : std::string_view("\n");
  output_.end_record();
}

}  // namespace overhear
