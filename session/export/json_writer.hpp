// Writes one JSON document from its beginning to its end, with commas and indentation. Strings may hold any bytes: what
// is no UTF-8 becomes U+FFFD, and nothing in them acts on a terminal (see append_json_string).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "session/export/text_buffer.hpp"

namespace overhear {

class JsonWriter {
 public:
  // `out` outlives this.
  explicit JsonWriter(TextBuffer& out) : out_(out) {}

  // How what is in an object or a list is set; what is in a line stays in it, however deep.
  enum class Layout : std::uint8_t { Lines, Line };

  void begin_object(Layout layout = Layout::Lines) { begin('{', layout); }
  void end_object() { end('}'); }
  void begin_list(Layout layout = Layout::Lines) { begin('[', layout); }
  void end_list() { end(']'); }

  // In an object, before each value.
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(std::uint64_t number);
  void value(std::int64_t number);
  void value(std::uint32_t number) { value(std::uint64_t{number}); }
  void value(int number) { value(std::int64_t{number}); }
  void value(bool truth);
  // A list of numbers in a line.
  void value(std::span<const std::uint64_t> numbers);

  template <typename Value>
  void member(std::string_view name, const Value& of) {
    key(name);
    value(of);
  }

 private:
  struct Scope {
    Layout layout;
    bool is_empty = true;
  };

  void begin(char bracket, Layout layout);
  void end(char bracket);
  // What stands between this value and what came before.
  void separate();
  void break_line();

  TextBuffer& out_;
  std::vector<Scope> scopes_;
  bool has_key_ = false;
};

}  // namespace overhear
