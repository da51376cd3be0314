// The property of a loss: bytes are taken out of one side's stream, at every position.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/layer_script.hpp"

namespace overhear::testing {
namespace {

// One stream's bytes that are lost: [begin, end).
struct Hole {
  Direction direction;
  std::size_t begin;
  std::size_t end;
};

struct Expected {
  std::vector<std::string> allowed;  // of the side that lost bytes, in order
  std::vector<std::string> certain;  // those of them that the loss did not touch
  std::vector<std::string> others;   // of the other side
};

Script with_hole(const std::vector<Part>& parts, const Hole& hole, const Loss& loss, Expected& expected) {
  Script script;
  std::size_t at = 0;
  bool has_gap = false;
  const auto lose = [&] {
    if (!has_gap) script.gap(hole.direction, hole.end - hole.begin);
    has_gap = true;
  };
  for (const Part& part : parts) {
    if (part.direction != hole.direction) {
      script.send(part.direction, part.wire);
      if (!part.text.empty()) expected.others.push_back(part.text);
      continue;
    }
    const std::size_t begin = at;
    const std::size_t end = at += part.wire.size();
    const bool is_whole = end <= hole.begin || begin >= hole.end;
    if (!part.text.empty()) {
      expected.allowed.push_back(part.text);
      if (is_whole && (end <= hole.begin || loss.finds_what_follows)) expected.certain.push_back(part.text);
    }
    const std::string_view wire = part.wire;
    const std::size_t before = std::clamp(hole.begin, begin, end) - begin;
    const std::size_t behind = std::clamp(hole.end, begin, end) - begin;
    if (before > 0) script.send(part.direction, wire.substr(0, before));
    if (begin <= hole.begin && hole.begin < end) lose();
    if (begin < hole.end && behind < wire.size()) script.send(part.direction, wire.substr(behind));
    if (begin >= hole.end) script.send(part.direction, wire);
  }
  script.fin();
  return script;
}

bool is_subsequence(const std::vector<std::string>& part, const std::vector<std::string>& of) {
  auto at = of.begin();
  for (const std::string& wanted : part) {
    at = std::find(at, of.end(), wanted);
    if (at == of.end()) return false;
    ++at;
  }
  return true;
}

bool check(const std::vector<Part>& parts, const LayerSetup& setup, const Loss& loss, const Hole& hole) {
  Expected expected;
  const Script script = with_hole(parts, hole, loss, expected);
  const Heard heard = run(script, setup);
  const auto where = fmt::format("lost: {} bytes at {} of the {}'s stream\n{}", hole.end - hole.begin, hole.begin,
                                 to_string(hole.direction), fmt::join(heard.log, "\n"));
  const auto said = heard.messages(hole.direction);
  const bool is_nothing_invented = is_subsequence(said, expected.allowed);
  EXPECT_TRUE(is_nothing_invented) << "something was said that was not\n" << where;
  const bool is_all_found = is_subsequence(expected.certain, said);
  EXPECT_TRUE(is_all_found) << "something whole was not found\n" << where;
  const bool is_other_whole = heard.messages(other(hole.direction)) == expected.others;
  EXPECT_TRUE(is_other_whole) << "the other side suffers\n" << where;
  bool is_same = true;
  if (loss.is_cut_too) {
    const auto log = run_bytewise(script, setup).log;
    is_same = log == heard.log;
    EXPECT_TRUE(is_same) << "byte by byte it says something else\n" << difference(heard.log, log) << where;
  }
  return is_nothing_invented && is_all_found && is_other_whole && is_same;
}

}  // namespace

void lose_anywhere(const std::vector<Part>& parts, const LayerSetup& setup, const Loss& loss) {
  int failures = 0;
  for (const Direction direction : {Direction::Client, Direction::Server}) {
    std::size_t size = 0;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].direction != direction) continue;
      size += parts[i].wire.size();
      if (i < loss.kept_parts) kept = size;
    }
    for (const std::size_t length : loss.lengths) {
      for (std::size_t begin = kept; begin + length <= size; ++begin) {
        if (!check(parts, setup, loss, {direction, begin, begin + length}) && ++failures == 3) return;
      }
    }
  }
}

}  // namespace overhear::testing
