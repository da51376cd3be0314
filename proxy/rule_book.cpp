#include "proxy/rule_book.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "proxy/settings_reader.hpp"

namespace overhear {
namespace {

using std::chrono::milliseconds;

constexpr double kLongest = 86'400;  // seconds
constexpr unsigned kMostCopies = 1000;

milliseconds to_time(double ms) {
  return milliseconds(std::llround(std::ceil(ms)));
}

// A message to be sent: as JSON, or as any text.
std::string text_of(SettingsReader& in, const JsonNode& node) {
  const JsonNode* const body = in.find(node, "body");
  const JsonNode* const text = in.find(node, "text");
  if ((body == nullptr) == (text == nullptr)) in.fail(node, "either body or text says what is sent");
  return body != nullptr ? std::string(in.json().raw(*body)) : in.string(node, "text");
}

std::vector<Insertion::Copy> copies_of(SettingsReader& in, const JsonNode& node) {
  std::vector<Insertion::Copy> out;
  const JsonNode* const copies = in.find(node, "copy");
  if (copies == nullptr || !in.is_object(*copies)) return out;
  for (const JsonNode* one = in.json().first_child(*copies); one != nullptr;
       one = in.json().next_sibling(*copies, *one)) {
    if (one->kind != JsonKind::String) in.fail(*one, "a JSON pointer into the message stands here: \"/data/id\"");
    out.push_back({unescaped(in.json().name(*one)), unescaped(in.json().value(*one))});
  }
  return out;
}

void read_response(SettingsReader& in, const JsonNode& node, MessageRule& rule) {
  if (!in.is_object(node)) return;
  in.allow_only(node, {"body", "text", "copy"});
  rule.response = Insertion{.text = text_of(in, node), .copies = copies_of(in, node)};
}

void read_injection(SettingsReader& in, const JsonNode& node, MessageRule& rule) {
  if (!in.is_object(node)) return;
  in.allow_only(node, {"to", "body", "text", "copy", "on", "every"});
  if (in.find(node, "to") == nullptr) in.fail(node, "to is missing: \"client\" or \"server\"");
  const Side to = in.choice(node, "to", 0, {"client", "server"}) == 0 ? Side::First : Side::Second;
  rule.injection = Insertion{.to = to, .text = text_of(in, node), .copies = copies_of(in, node)};
  const bool is_repeated = in.find(node, "every") != nullptr;
  const std::size_t on = in.choice(node, "on", 0, {"message", "connect"});
  if (is_repeated && in.find(node, "on") != nullptr) in.fail(node, "on and every exclude each other");
  rule.when = is_repeated ? MessageRule::When::Every
              : on == 1   ? MessageRule::When::Connect
                          : MessageRule::When::Message;
  constexpr double kShortest = 0.001;
  rule.every = to_time(in.number(node, "every", 1, kShortest, kLongest) * 1000);
}

void read_delay(SettingsReader& in, const JsonNode& rule_node, MessageRule& rule) {
  const JsonNode* const node = in.find(rule_node, "delay");
  if (node == nullptr) return;
  if (node->kind == JsonKind::Object) {
    in.allow_only(*node, {"ms", "jitter"});
    rule.delay = to_time(in.number(*node, "ms", 0, 0, kLongest * 1000));
    rule.jitter = to_time(in.number(*node, "jitter", 0, 0, kLongest * 1000));
  } else {
    rule.delay = to_time(in.number(rule_node, "delay", 0, 0, kLongest * 1000));
  }
}

void read_replacements(SettingsReader& in, const JsonNode& node, MessageRule& rule) {
  if (!in.is_object(node)) return;
  for (const JsonNode* one = in.json().first_child(node); one != nullptr; one = in.json().next_sibling(node, *one)) {
    std::string pointer = unescaped(in.json().name(*one));
    if (!pointer.empty() && pointer.front() != '/') in.fail(*one, "the name is a JSON pointer: \"/data/text\"");
    rule.replacements.push_back({std::move(pointer), std::string(in.json().raw(*one))});
  }
}

void read_match(SettingsReader& in, const JsonNode& node, MessageRule& rule) {
  const std::string text = in.string(node, "match");
  auto filter = Filter::compile(text);
  if (!filter) {
    const FilterError& wrong = filter.error();
    return in.fail(*in.find(node, "match"),
                   fmt::format("at character {}: {}{}", wrong.begin + 1, wrong.text,
                               wrong.meant.empty() ? "" : fmt::format("; did you mean {}?", wrong.meant)));
  }
  rule.filter.emplace(*std::move(filter));
}

MessageRule read_rule(SettingsReader& in, const JsonNode& node, std::size_t number) {
  MessageRule rule;
  if (!in.is_object(node)) return rule;
  in.allow_only(node, {"name", "match", "probability", "skip", "times", "drop", "delay", "duplicate", "reorder",
                       "replace", "respond", "inject", "corrupt", "close"});
  rule.name = in.string(node, "name", fmt::format("rule {}", number));
  rule.probability = in.number(node, "probability", 1, 0, 1);
  rule.skips = static_cast<std::uint64_t>(in.integer(node, "skip", 0, 0, INT64_MAX));
  if (in.find(node, "times") != nullptr) {
    rule.times = static_cast<std::uint64_t>(in.integer(node, "times", 0, 0, INT64_MAX));
  }
  rule.drops = in.flag(node, "drop", false);
  read_delay(in, node, rule);
  rule.duplicates = static_cast<unsigned>(in.integer(node, "duplicate", 0, 0, kMostCopies));
  rule.reorder = static_cast<unsigned>(in.integer(node, "reorder", 0, 0, kMostCopies));
  if (const JsonNode* const replace = in.find(node, "replace")) read_replacements(in, *replace, rule);
  if (const JsonNode* const respond = in.find(node, "respond")) read_response(in, *respond, rule);
  if (const JsonNode* const inject = in.find(node, "inject")) read_injection(in, *inject, rule);
  rule.corrupted = static_cast<unsigned>(in.integer(node, "corrupt", 0, 0, kMostCopies));
  rule.closing = static_cast<MessageRule::Closing>(in.choice(node, "close", 0, {"no", "fin", "reset"}));
  const bool is_about_messages = rule.when == MessageRule::When::Message;
  if (is_about_messages || in.find(node, "match") != nullptr) read_match(in, node, rule);
  const bool does_something = rule.drops || rule.delay.count() > 0 || rule.jitter.count() > 0 || rule.duplicates > 0 ||
                              rule.reorder > 0 || !rule.replacements.empty() || rule.response || rule.injection ||
                              rule.corrupted > 0 || rule.closing != MessageRule::Closing::None;
  if (!does_something) {
    in.fail(node, "it does nothing: drop, delay, duplicate, reorder, replace, respond, inject, corrupt or close");
  }
  return rule;
}

}  // namespace

std::expected<RuleBook, std::string> read_rule_book(std::string_view text, std::uint64_t seed) {
  SettingsReader in(text);
  RuleBook book;
  if (in.is_fine() && in.is_object(in.root())) {
    in.allow_only(in.root(), {"$schema", "seed", "rules", "faults"});
    book.seed =
        static_cast<std::uint64_t>(in.integer(in.root(), "seed", static_cast<std::int64_t>(seed), 0, INT64_MAX));
    in.each(in.root(), "rules",
            [&](const JsonNode& node) { book.rules.push_back(read_rule(in, node, book.rules.size() + 1)); });
  }
  if (in.is_fine()) book.faults = read_faults(in, in.root());
  if (!in.is_fine()) return std::unexpected(in.problem());
  return book;
}

}  // namespace overhear
