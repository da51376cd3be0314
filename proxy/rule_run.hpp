// The rules at work on one connection: which of them apply to a message, as dice fall that are the same for the same
// seed and the same conversation.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "dissectors/message.hpp"
#include "proxy/dice.hpp"
#include "proxy/treatment.hpp"
#include "session/inline_analysis.hpp"

namespace overhear {

// Rules as they hold from some time on.
struct RulesInForce {
  RuleBook book;
  std::vector<std::optional<std::size_t>> filters;  // by rule: its filter's number in the analysis; none: it has none
  std::uint64_t generation = 0;
};

class RuleRun {
 public:
  using Clock = std::chrono::steady_clock;

  // `rules` stay where they are as long as their generation is the same.
  RuleRun(const RulesInForce& rules, std::uint32_t connection, Clock::time_point now);

  std::uint64_t generation() const { return generation_; }
  // Within MessageWatcher::on_whole().
  Treatment judge(const Message& message, const InlineAnalysis& analysis, const Limits& limits);

  // Messages that are sent of themselves. Those of connect are given once; who cannot send them yet keeps them.
  std::vector<Insertion> take_greetings() { return std::exchange(greetings_, {}); }
  std::optional<Clock::time_point> next_due() const;
  std::vector<const Insertion*> take_due(Clock::time_point now);

 private:
  struct State {
    Dice chance;
    std::uint64_t matched = 0;
    std::uint64_t applied = 0;
    std::optional<Clock::time_point> due;
  };

  bool falls(const MessageRule& rule, State& state);
  void apply(const MessageRule& rule, State& state, const Message& message, const Limits& limits, Treatment& out);

  const RulesInForce& rules_;
  std::uint64_t generation_;
  std::vector<State> states_;  // by rule
  std::vector<Insertion> greetings_;
};

}  // namespace overhear
