#include "session/filter/body_condition.hpp"

#include <algorithm>

namespace overhear {
namespace {

// Calls `use` with what a string means, or with the text of anything else.
template <typename Use>
bool with_text(const JsonIndex& json, const JsonNode& node, const Use& use) {
  if (!node.has_escapes) return use(json.value(node));
  std::string meaning;
  append_unescaped(meaning, json.value(node));
  return use(std::string_view(meaning));
}

bool is_number(JsonKind kind) {
  return kind == JsonKind::Integer || kind == JsonKind::Decimal;
}

}  // namespace

bool BodyCondition::holds(const JsonIndex& json) const {
  if (json.status() != JsonIndex::Status::Valid) return false;
  if (relation_ != Relation::NotEqual) {
    return visit_place(json, json.root(), path_, [&](const JsonNode& node) { return accepts(json, node); });
  }
  bool is_present = false;
  const bool is_equal = visit_place(json, json.root(), path_, [&](const JsonNode& node) {
    is_present = true;
    return accepts(json, node);
  });
  return is_present && !is_equal;
}

bool BodyCondition::accepts(const JsonIndex& json, const JsonNode& node) const {
  if (match_) return with_text(json, node, [&](std::string_view text) { return match_->holds(text); });
  if (!relation_) return true;
  const Relation relation = *relation_ == Relation::NotEqual ? Relation::Equal : *relation_;
  const auto text_compares = [&](const std::string& constant) {
    return node.kind == JsonKind::String && with_text(json, node, [&](std::string_view text) {
             return is_ordered_so(relation, text.compare(constant));
           });
  };
  return std::ranges::any_of(constants_, [&](const JsonConstant& constant) {
    if (const auto* const text = std::get_if<std::string>(&constant)) return text_compares(*text);
    if (const auto* const kind = std::get_if<JsonKind>(&constant)) return node.kind == *kind;
    if (!is_number(node.kind)) return false;
    if (const auto* const number = std::get_if<JsonNumber>(&constant)) {
      return is_ordered_so(relation, number->order_of(json.raw(node)));
    }
    const auto& range = std::get<JsonRange>(constant);
    return range.low.order_of(json.raw(node)) >= 0 && range.high.order_of(json.raw(node)) <= 0;
  });
}

}  // namespace overhear
