// A message's JSON as a tree of lines: each value with what the protocol's table says of it and what was found about
// it. Pure: the view draws the lines that are open and in sight.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dissectors/protocol.hpp"

namespace overhear {

struct FieldLine {
  std::uint32_t node = 0;  // in the JSON, from its root
  std::uint16_t depth = 0;
  bool has_children = false;
  bool is_open = true;
  std::string name;   // printable; an element's place: "[3]"
  std::string value;  // printable, in one line; of an object or a list how much is in it
  JsonKind kind = JsonKind::Null;
  const Field* field = nullptr;         // the table's row; null: it has none
  std::string meaning;                  // of the field, and of its value where it is one of a list
  std::vector<std::uint32_t> findings;  // numbers in the message's findings, behind them those of its actions
  bool is_secret = false;               // a password or token, and masked
  std::uint32_t begin = 0;              // where the value stands in the body, with its name
  std::uint32_t end = 0;
  std::uint32_t value_begin = 0;
};

class FieldTree {
 public:
  // `message` need not outlive the call. `show_secrets`: else passwords and tokens are masked.
  void look_at(const Message& message, bool show_secrets);
  void clear();

  // Those that are not under a closed one, in the order of the text.
  const std::vector<FieldLine>& lines() const { return lines_; }
  void toggle(std::size_t line);
  // Where what is masked stands in the body, also under closed lines.
  const std::vector<std::pair<std::size_t, std::size_t>>& secrets() const { return secrets_; }
  // The innermost value that holds this byte of the body; opens what it is under. SIZE_MAX: none does.
  std::size_t line_at(std::uint32_t offset);
  // The JSON pointer of a line.
  const std::string& pointer(std::size_t line) const { return pointers_[shown_[line]]; }

 private:
  struct Under {
    std::uint16_t depth = 0;
    const Field* field = nullptr;        // of the object or list itself
    std::span<const Field> fields = {};  // of its members
    std::string pointer = {};            // to it
  };

  void add_children(const Message& message, const JsonNode& parent, const Under& under);
  void add(const Message& message, const JsonNode& node, const Under& under, std::size_t place);
  void list();

  std::vector<FieldLine> all_;
  std::vector<std::string> pointers_;  // of all_
  std::vector<std::size_t> shown_;     // in all_, by line
  std::vector<FieldLine> lines_;
  std::set<std::size_t> closed_;  // in all_
  std::vector<std::pair<std::size_t, std::size_t>> secrets_;
  bool show_secrets_ = false;
};

}  // namespace overhear
