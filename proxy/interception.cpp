#include "proxy/interception.hpp"

#include <fmt/format.h>

#include <utility>

#include "proxy/sides.hpp"
#include "session/filter/filter.hpp"

namespace overhear {
namespace {

ReleasedHow how_of(Decision::Kind kind) {
  switch (kind) {
    case Decision::Kind::Edit: return ReleasedHow::Edited;
    case Decision::Kind::Drop: return ReleasedHow::Dropped;
    case Decision::Kind::Forward:
    case Decision::Kind::Send: break;
  }
  return ReleasedHow::Forwarded;
}

}  // namespace

std::string_view to_string(ReleasedHow how) {
  switch (how) {
    case ReleasedHow::Forwarded: return "forwarded";
    case ReleasedHow::Edited: return "edited";
    case ReleasedHow::Dropped: return "dropped";
    case ReleasedHow::Gone: return "gone";
  }
  return {};
}

Interception::Interception(const AnalysisOptions& options, std::string_view filter)
    : limits_(options.limits), analysis_(options) {
  (void)analysis_.add_filter(*Filter::compile(""));
  (void)set_filter(filter);
}

std::expected<void, std::string> Interception::set_filter(std::string_view text) {
  auto filter = Filter::compile(text);
  if (!filter) {
    return std::unexpected(fmt::format("at character {}: {}", filter.error().begin + 1, filter.error().text));
  }
  analysis_.replace_filter(0, *std::move(filter));
  filter_ = text.find_first_not_of(" \t\r\n") == text.npos ? "" : text;
  if (listener_ != nullptr) listener_->on_filter(filter_);
  return {};
}

void Interception::set_rules(RuleBook book) {
  constexpr std::size_t kFirst = 1;  // behind the filter of what is held
  analysis_.remove_filters_from(kFirst);
  rules_.filters.clear();
  for (MessageRule& rule : book.rules) {
    auto& number = rules_.filters.emplace_back();
    if (rule.filter) number = analysis_.add_filter(*std::move(rule.filter));
  }
  rules_.book = std::move(book);
  ++rules_.generation;
}

std::string Interception::decide(const Decision& decision, std::uint32_t session) {
  if (decision.kind == Decision::Kind::Send) {
    const auto found = open_.find(session);
    return found == open_.end() ? "there is no such session, or it is over" : found->second.connection->take(decision);
  }
  const auto found = held_.find(decision.hold);
  if (found == held_.end()) return "no such message is held";
  std::string problem = found->second.connection->take(decision);
  if (problem.empty()) release(decision.hold, how_of(decision.kind));
  return problem;
}

HeldMessage Interception::describe(const Message& message, DecisionTaker& connection) {
  TextBuffer record;
  records_.message(record, message);
  return {.session = message.session,
          .from = side_of(message.direction),
          .protocol = message.protocol,
          .type = std::string(message.type),
          .text = std::string(message.body),
          .record = std::string(record.view()),
          .connection = &connection};
}

std::uint64_t Interception::hold(HeldMessage message) {
  const auto [held, _] = held_.emplace(++last_hold_, std::move(message));
  if (listener_ != nullptr) listener_->on_held(held->first, held->second);
  return held->first;
}

void Interception::release(std::uint64_t hold, ReleasedHow how) {
  if (held_.erase(hold) > 0 && listener_ != nullptr) listener_->on_released(hold, how);
}

void Interception::enter(std::uint32_t number, const Session& session, DecisionTaker& connection) {
  open_.insert_or_assign(number, Open{&session, &connection});
}

}  // namespace overhear
