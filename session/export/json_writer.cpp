#include "session/export/json_writer.hpp"

#include <cassert>

#include "session/export/json_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kIndent = 2;

}  // namespace

void JsonWriter::begin(char bracket, Layout layout) {
  separate();
  if (!scopes_.empty() && scopes_.back().layout == Layout::Line) layout = Layout::Line;
  out_ += bracket;
  scopes_.push_back({layout});
}

void JsonWriter::end(char bracket) {
  assert(!scopes_.empty() && !has_key_);
  const Scope ended = scopes_.back();
  scopes_.pop_back();
  if (ended.layout == Layout::Lines && !ended.is_empty) break_line();
  out_ += bracket;
  if (scopes_.empty()) out_ += '\n';
}

void JsonWriter::break_line() {
  out_ += '\n';
  out_.append(kIndent * scopes_.size(), ' ');
}

void JsonWriter::separate() {
  if (has_key_) {
    has_key_ = false;
    return;
  }
  if (scopes_.empty()) return;
  Scope& scope = scopes_.back();
  if (!scope.is_empty) out_ += ',';
  if (scope.layout == Layout::Lines) {
    break_line();
  } else if (!scope.is_empty) {
    out_ += ' ';
  }
  scope.is_empty = false;
}

void JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += ": ";
  has_key_ = true;
}

void JsonWriter::value(std::string_view text) {
  separate();
  append_json_string(out_, text);
}

void JsonWriter::value(std::uint64_t number) {
  separate();
  append_number(out_, number);
}

void JsonWriter::value(std::int64_t number) {
  separate();
  if (number < 0) out_ += '-';
  append_number(out_, number < 0 ? -static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number));
}

void JsonWriter::value(bool truth) {
  separate();
  out_ += truth ? std::string_view("true") : std::string_view("false");
}

void JsonWriter::value(std::span<const std::uint64_t> numbers) {
  begin_list(Layout::Line);
  for (const std::uint64_t number : numbers) value(number);
  end_list();
}

}  // namespace overhear
