#include "session/filter/condition.hpp"

#include <algorithm>
#include <cstring>

#include "dissectors/registry.hpp"
#include "session/filter/field_values.hpp"

namespace overhear {
namespace {

bool ask(const PresenceCondition& condition, const Subject& subject) {
  const auto anything = [](const auto&) { return true; };
  switch (condition.type) {
    case FilterType::Flag:
      if (condition.field == FieldId::Finding) return visit_findings(subject, anything);
      return subject.message != nullptr && subject.message->is_encrypted;
    case FilterType::Text: return visit_texts(condition.field, subject, anything);
    case FilterType::Address: return visit_endpoints(condition.field, subject, anything);
    default: return visit_integers(condition.field, subject, anything);
  }
}

// `visit` calls its argument with each value of the field; `is_equal` says whether one is what is asked for.
template <typename Visit, typename IsEqual>
bool ask_values(bool is_negated, const Visit& visit, const IsEqual& is_equal) {
  if (!is_negated) return visit(is_equal);
  bool is_present = false;
  const bool is_any_equal = visit([&](const auto& value) {
    is_present = true;
    return is_equal(value);
  });
  return is_present && !is_any_equal;
}

bool ask(const IntegerCondition& condition, const Subject& subject) {
  return ask_values(
      condition.is_negated, [&](const auto& accept) { return visit_integers(condition.field, subject, accept); },
      [&](std::int64_t value) {
        return std::ranges::any_of(
            condition.ranges, [&](const IntegerRange& range) { return value >= range.low && value <= range.high; });
      });
}

bool ask(const TextCondition& condition, const Subject& subject) {
  return ask_values(
      condition.is_negated, [&](const auto& accept) { return visit_texts(condition.field, subject, accept); },
      [&](std::string_view text) { return condition.match.holds(text); });
}

bool ask(const AddressCondition& condition, const Subject& subject) {
  return ask_values(
      condition.is_negated, [&](const auto& accept) { return visit_endpoints(condition.field, subject, accept); },
      [&](const Endpoint& endpoint) {
        return std::ranges::any_of(condition.blocks,
                                   [&](const AddressBlock& block) { return block.contains(endpoint); });
      });
}

bool ask(const BodyCondition& condition, const Subject& subject) {
  return subject.message != nullptr && subject.message->json != nullptr && condition.holds(*subject.message->json);
}

constexpr int kTextCost = 4;
constexpr int kBodyCost = 16;
constexpr int kSearchCost = 64;

}  // namespace

std::int64_t protocol_choice(const Protocol* protocol) {
  const auto all = all_protocols();
  return std::ranges::find(all, protocol) - all.begin();  // data, which is none of them, is last
}

bool AddressBlock::contains(const Endpoint& endpoint) const {
  if (port && *port != endpoint.port) return false;
  if (address.is_v6 != endpoint.address.is_v6) return false;
  const unsigned bytes = prefix_bits / 8;
  if (std::memcmp(address.bytes.data(), endpoint.address.bytes.data(), bytes) != 0) return false;
  const unsigned rest = prefix_bits % 8;
  return rest == 0 || ((address.bytes[bytes] ^ endpoint.address.bytes[bytes]) >> (8 - rest)) == 0;
}

bool holds(const Condition& condition, const Subject& subject) {
  return std::visit([&](const auto& kind) { return ask(kind, subject); }, condition);
}

int cost(const Condition& condition) {
  if (const auto* const text = std::get_if<TextCondition>(&condition)) {
    return text->match.is_search() ? kSearchCost : kTextCost;
  }
  return std::holds_alternative<BodyCondition>(condition) ? kBodyCost : 1;
}

}  // namespace overhear
