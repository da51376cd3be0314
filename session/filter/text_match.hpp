// What a filter asks of a text: equal to one of some, before or behind another, containing, or matching a regular
// expression (RE2, without regard to case, as Wireshark's `matches`). Compiled once; then any number of threads may
// ask.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace overhear {

enum class Relation : std::uint8_t {
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Contains,
  Matches,
  In,
};

constexpr std::string_view to_string(Relation relation) {
  switch (relation) {
    case Relation::Equal: return "==";
    case Relation::NotEqual: return "!=";
    case Relation::Less: return "<";
    case Relation::LessEqual: return "<=";
    case Relation::Greater: return ">";
    case Relation::GreaterEqual: return ">=";
    case Relation::Contains: return "contains";
    case Relation::Matches: return "matches";
    case Relation::In: return "in";
  }
  return {};
}

// Whether `order` (negative, zero, positive: how a value lies to the constant) is what the relation asks for. False for
// those that do not compare.
constexpr bool is_ordered_so(Relation relation, int order) {
  switch (relation) {
    case Relation::Equal:
    case Relation::In: return order == 0;
    case Relation::Less: return order < 0;
    case Relation::LessEqual: return order <= 0;
    case Relation::Greater: return order > 0;
    case Relation::GreaterEqual: return order >= 0;
    case Relation::NotEqual:
    case Relation::Contains:
    case Relation::Matches: return false;
  }
  return false;
}

class TextMatch {
 public:
  // Order is that of the bytes. NotEqual is Equal: the negation is about all values of a field, not about one.
  TextMatch(Relation relation, std::vector<std::string> values);
  // What is wrong with the expression, or too large about it.
  static std::expected<TextMatch, std::string> of_expression(const std::string& expression);

  ~TextMatch();
  TextMatch(TextMatch&&) noexcept;
  TextMatch& operator=(TextMatch&&) noexcept;

  bool holds(std::string_view text) const;
  // Whether all of a text is looked through.
  bool is_search() const { return relation_ == Relation::Contains || relation_ == Relation::Matches; }

 private:
  Relation relation_;
  std::vector<std::string> values_;
  std::unique_ptr<re2::RE2> expression_;
};

}  // namespace overhear
