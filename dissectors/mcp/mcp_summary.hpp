// One line for people about an MCP package. Whatever is missing or of a wrong type is left out or shown as "?".
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "dissectors/field_text.hpp"
#include "dissectors/message.hpp"

namespace overhear::mcp {

inline constexpr std::string_view kMask = "•••";

// What stands around the name or the number.
struct Phrase {
  std::string_view type;
  std::string_view before;
  std::string_view after;
};

class Summary {
 public:
  Summary(const Message& message, bool show_secrets, std::string& out)
      : message_(message), json_(*message.json), data_(json_.find("data")), show_secrets_(show_secrets), out_(out) {}

  void write();

 private:
  void handshake();
  void login(std::string_view what);
  void accepted();
  void speech(std::string_view name, std::string_view other_name, std::string_view what);
  void file();
  void user_update();
  void user();
  void room();
  void room_list();
  void error();
  void unknown();

  bool is(std::string_view type) const { return message_.type == type; }
  const Phrase& find(std::span<const Phrase> phrases) const {
    const auto found = std::ranges::find(phrases, message_.type, &Phrase::type);
    return found == phrases.end() ? phrases.front() : *found;
  }
  const JsonNode* field(std::string_view name) const { return json_.find(data_, name); }
  void value(std::string_view name) { append_value(out_, json_, field(name)); }
  void secret(std::string_view name) {
    if (show_secrets_)
      value(name);
    else
      out_ += kMask;
  }
  void room_id() {
    if (message_.room.empty())
      out_ += '?';
    else
      append_cut(out_, message_.room, kNameCharacters);
  }
  std::size_t count(const JsonNode* array) const {
    std::size_t items = 0;
    if (array == nullptr || array->kind != JsonKind::Array) return items;
    for (const JsonNode* item = json_.first_child(*array); item != nullptr; item = json_.next_sibling(*array, *item)) {
      ++items;
    }
    return items;
  }
  void number_of(std::size_t items, std::string_view one) {
    fmt::format_to(std::back_inserter(out_), "{} {}{}", items, one, items == 1 ? "" : "s");
  }

  const Message& message_;
  const JsonIndex& json_;
  const JsonNode* data_;
  bool show_secrets_;
  std::string& out_;
};

}  // namespace overhear::mcp
