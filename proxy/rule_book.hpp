// What is done to messages on their way, as a file says it (docs/rules-file.md, docs/rules-file.schema.json).
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/stream_event.hpp"
#include "proxy/faults.hpp"
#include "session/filter/filter.hpp"

namespace overhear {

// A message that nobody has said.
struct Insertion {
  Side to = Side::First;
  std::string text;
  // Members of it that are taken from the message that it follows, by JSON pointers.
  struct Copy {
    std::string to;
    std::string from;
  };
  std::vector<Copy> copies = {};
};

struct MessageRule {
  std::string name;
  std::optional<Filter> filter;  // none: it is about no message
  double probability = 1;
  std::uint64_t skips = 0;             // so many that match, of a connection, before it begins
  std::optional<std::uint64_t> times;  // at most, of a connection

  // What it does; any of these.
  bool drops = false;
  std::chrono::milliseconds delay{};
  std::chrono::milliseconds jitter{};  // more or less than that
  unsigned duplicates = 0;
  unsigned reorder = 0;  // so many later messages of its side go first
  struct Replacement {
    std::string pointer;
    std::string value;  // JSON
  };
  std::vector<Replacement> replacements = {};
  std::optional<Insertion> response = {};  // in the other side's stead, which does not get the message
  std::optional<Insertion> injection = {};
  enum class When : std::uint8_t { Message, Connect, Every };
  When when = When::Message;  // it is injected
  std::chrono::milliseconds every{};
  unsigned corrupted = 0;  // bits that are turned over
  enum class Closing : std::uint8_t { None, Fin, Reset };
  Closing closing = Closing::None;
};

struct RuleBook {
  std::uint64_t seed = 0;
  std::vector<MessageRule> rules = {};
  std::vector<Fault> faults = {};
};

// What is wrong with it: "line 3, /rules/0/match: …". `seed`: where the file has none.
std::expected<RuleBook, std::string> read_rule_book(std::string_view text, std::uint64_t seed);

}  // namespace overhear
