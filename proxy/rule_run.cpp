#include "proxy/rule_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "proxy/json_splice.hpp"
#include "proxy/sides.hpp"

namespace overhear {
namespace {

// Sets the dice of rules apart from those of the network's faults, which are named by a side there.
constexpr std::uint64_t kOfRules = 2;

// `delay`, more or less `jitter`.
std::chrono::milliseconds shifted(std::chrono::milliseconds delay, std::chrono::milliseconds jitter, Dice& chance) {
  const auto around = static_cast<std::uint64_t>(jitter.count());
  const auto shift = static_cast<std::int64_t>(chance.near(around, around)) - jitter.count();
  return std::max(delay + std::chrono::milliseconds(shift), std::chrono::milliseconds(0));
}

std::string filled_in(const Insertion& insertion, const Message& about, const Limits& limits) {
  std::string text = insertion.text;
  if (about.json == nullptr) return text;
  for (const Insertion::Copy& copy : insertion.copies) {
    const JsonNode* const value = find_at(*about.json, copy.from);
    if (value == nullptr) continue;
    if (auto changed = spliced(text, copy.to, about.json->raw(*value), limits)) text = *std::move(changed);
  }
  return text;
}

}  // namespace

RuleRun::RuleRun(const RulesInForce& rules, std::uint32_t connection, Clock::time_point now)
    : rules_(rules), generation_(rules.generation) {
  for (const MessageRule& rule : rules.book.rules) {
    State& state = states_.emplace_back(Dice({rules.book.seed, connection, kOfRules, states_.size()}));
    if (rule.when == MessageRule::When::Every) state.due = now + rule.every;
    if (rule.when == MessageRule::When::Connect && falls(rule, state)) greetings_.push_back(*rule.injection);
  }
}

// Whether a rule that may apply does.
bool RuleRun::falls(const MessageRule& rule, State& state) {
  if (++state.matched <= rule.skips || (rule.times && state.applied >= *rule.times)) return false;
  if (rule.probability < 1 && !state.chance.has(rule.probability)) return false;
  ++state.applied;
  return true;
}

Treatment RuleRun::judge(const Message& message, const InlineAnalysis& analysis, const Limits& limits) {
  Treatment out;
  for (std::size_t i = 0; i < states_.size() && !out.is_dropped; ++i) {
    const MessageRule& rule = rules_.book.rules[i];
    const bool matches =
        rule.when == MessageRule::When::Message && rules_.filters[i] && analysis.matches(*rules_.filters[i]);
    if (matches && falls(rule, states_[i])) apply(rule, states_[i], message, limits, out);
  }
  return out;
}

void RuleRun::apply(const MessageRule& rule, State& state, const Message& message, const Limits& limits,
                    Treatment& out) {
  const auto tell = [&](std::string what) {
    out.told.push_back(fmt::format("{}: {} {}", rule.name, message.type.empty() ? "message" : message.type, what));
  };
  for (const MessageRule::Replacement& one : rule.replacements) {
    auto changed = spliced(out.text ? *out.text : message.body, one.pointer, one.value, limits);
    tell(changed ? fmt::format("gets {} = {}", one.pointer, one.value)
                 : fmt::format("has no place {} for {}", one.pointer, one.value));
    if (changed) out.text = std::move(changed);
  }
  if (rule.delay.count() > 0 || rule.jitter.count() > 0) {
    const std::chrono::milliseconds delay = shifted(rule.delay, rule.jitter, state.chance);
    out.delay += delay;
    tell(fmt::format("waits {} ms", delay.count()));
  }
  if (rule.duplicates > 0) {
    out.copies += rule.duplicates;
    tell(fmt::format("is sent {} times", out.copies));
  }
  if (rule.reorder > 0) {
    out.reorder = std::max(out.reorder, rule.reorder);
    tell(fmt::format("goes behind the next {}", rule.reorder));
  }
  for (unsigned i = 0; i < rule.corrupted; ++i) out.flips.push_back(state.chance.roll());
  if (rule.corrupted > 0) tell(fmt::format("has {} bits turned over", rule.corrupted));
  if (rule.injection) {
    out.after.emplace_back(rule.injection->to, filled_in(*rule.injection, message, limits));
    tell(fmt::format("is followed by one that the {} gets", name_of(rule.injection->to)));
  }
  if (rule.response) {
    out.after.emplace_back(side_of(message.direction), filled_in(*rule.response, message, limits));
    tell("is answered by the proxy");
  }
  if (rule.drops || rule.response) out.is_dropped = true;
  if (rule.drops) tell("is dropped");
  if (rule.closing != MessageRule::Closing::None) {
    out.closing = rule.closing;
    tell(rule.closing == MessageRule::Closing::Reset ? "resets the connection" : "closes the connection");
  }
}

std::optional<RuleRun::Clock::time_point> RuleRun::next_due() const {
  std::optional<Clock::time_point> next;
  for (const State& state : states_) {
    if (state.due && (!next || *state.due < *next)) next = state.due;
  }
  return next;
}

std::vector<const Insertion*> RuleRun::take_due(Clock::time_point now) {
  std::vector<const Insertion*> out;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const MessageRule& rule = rules_.book.rules[i];
    State& state = states_[i];
    if (!state.due || *state.due > now) continue;
    *state.due += rule.every;
    if (*state.due <= now) *state.due = now + rule.every;  // who was late does not catch up
    if (falls(rule, state)) out.push_back(&*rule.injection);
  }
  return out;
}

}  // namespace overhear
