#include "session/filter/filter_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "base/nearest.hpp"
#include "session/filter/filter_literal.hpp"
#include "session/rules.hpp"

namespace overhear {
namespace {

using Kind = FilterToken::Kind;
template <typename T>
using Result = std::expected<T, FilterError>;

std::unexpected<FilterError> wrong(const FilterToken& token, std::string text, std::string meant = {}) {
  return std::unexpected(FilterError{token.begin, token.end, std::move(text), std::move(meant)});
}

// What a value of the type looks like.
std::string_view example(FilterType type) {
  switch (type) {
    case FilterType::Numeric: return "a number stands here: 42";
    case FilterType::Duration: return "a duration stands here: 200ms, 1.5s (ns, us, ms, s, m, h)";
    case FilterType::Time: return "a time stands here: 2026-11-20T12:00:00Z";
    case FilterType::Name: return "a message's name stands here, its session and number: 3.12";
    case FilterType::Address: return "an address stands here: 10.0.0.1, 10.0.0.1:3072, 10.0.0.0/8, ::1, [::1]:3072";
    case FilterType::Text:
    case FilterType::Choice:
    case FilterType::Severity:
    case FilterType::Flag:
    case FilterType::Json: return {};
  }
  return {};
}

// A text without quotes must not be taken for what it is not.
Result<std::string> text_of(const FilterToken& token) {
  const bool is_field = find_filter_field(token.value) != nullptr || token.value.starts_with("body.");
  if (token.kind == Kind::Word && is_field) {
    return wrong(token, fmt::format("{} is a field; as a text it stands in quotes", token.value),
                 fmt::format("\"{}\"", token.value));
  }
  return token.value;
}

Result<std::int64_t> choice(const FilterField& field, const FilterToken& token) {
  const auto choices = filter_choices(field.id);
  const auto found = std::ranges::find(choices, token.value);
  if (found != choices.end()) return found - choices.begin();
  return wrong(token, fmt::format("{} is one of {}", field.name, fmt::join(choices, ", ")),
               std::string(nearest(token.value, choices)));
}

std::optional<std::int64_t> integer(FilterType type, std::string_view text) {
  switch (type) {
    case FilterType::Numeric: return parse_filter_number(text);
    case FilterType::Duration: return parse_filter_duration(text);
    case FilterType::Time: return parse_filter_time(text);
    case FilterType::Name: return parse_message_name(text);
    case FilterType::Text:
    case FilterType::Choice:
    case FilterType::Severity:
    case FilterType::Address:
    case FilterType::Flag:
    case FilterType::Json: return std::nullopt;
  }
  return std::nullopt;
}

Result<std::int64_t> integer_of(const FilterField& field, const FilterToken& token) {
  if (field.type == FilterType::Choice || field.type == FilterType::Severity) return choice(field, token);
  // A time with a space in it needs quotes; of anything else quotes make a text.
  const bool may_be_quoted = field.type == FilterType::Time;
  const auto value =
      token.kind == Kind::Word || may_be_quoted ? integer(field.type, token.value) : std::optional<std::int64_t>();
  if (!value) return wrong(token, std::string(example(field.type)));
  return *value;
}

IntegerRange range_of(Relation relation, std::int64_t value) {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  switch (relation) {
    case Relation::Less: return value == kLeast ? IntegerRange{0, -1} : IntegerRange{kLeast, value - 1};
    case Relation::LessEqual: return {kLeast, value};
    case Relation::Greater: return value == kMost ? IntegerRange{0, -1} : IntegerRange{value + 1, kMost};
    case Relation::GreaterEqual: return {value, kMost};
    case Relation::Equal:
    case Relation::NotEqual:
    case Relation::In:
    case Relation::Contains:
    case Relation::Matches: break;
  }
  return {value, value};
}

std::unexpected<FilterError> empty_range(const FilterElement& element) {
  return std::unexpected(FilterError{element.low.begin, element.high->end, "this range is empty: its end comes first"});
}

std::unexpected<FilterError> no_range(const FilterElement& element, std::string_view field) {
  return std::unexpected(
      FilterError{element.low.begin, element.high->end, fmt::format("{} has no ranges, only single values", field)});
}

Result<Condition> make_integers(const FilterField& field, Relation relation,
                                const std::vector<FilterElement>& elements) {
  IntegerCondition condition{field.id, relation == Relation::NotEqual, {}};
  for (const FilterElement& element : elements) {
    const auto low = integer_of(field, element.low);
    if (!low) return std::unexpected(low.error());
    IntegerRange range = range_of(relation, *low);
    if (element.high) {
      if (field.type == FilterType::Choice) return no_range(element, field.name);
      const auto high = integer_of(field, *element.high);
      if (!high) return std::unexpected(high.error());
      if (*high < *low) return empty_range(element);
      range.high = *high;
    }
    condition.ranges.push_back(range);
  }
  return condition;
}

Result<TextMatch> make_match(Relation relation, const FilterToken& token) {
  auto text = text_of(token);
  if (!text) return std::unexpected(text.error());
  if (relation != Relation::Matches) return TextMatch(relation, {std::move(*text)});
  auto match = TextMatch::of_expression(*text);
  if (!match) return wrong(token, "this is no regular expression: " + match.error());
  return std::move(*match);
}

Result<std::string> code_of(const FilterToken& token) {
  const auto codes = finding_codes();
  if (std::ranges::binary_search(codes, token.value)) return token.value;
  return wrong(token, fmt::format("there is no finding {} ('overhear protocols --rules' lists them)", token.value),
               std::string(nearest(token.value, codes)));
}

Result<Condition> make_texts(const FilterField& field, Relation relation, const std::vector<FilterElement>& elements) {
  const bool is_negated = relation == Relation::NotEqual;
  if (relation == Relation::Matches || relation == Relation::Contains) {
    auto match = make_match(relation, elements.front().low);
    if (!match) return std::unexpected(match.error());
    return TextCondition{field.id, false, std::move(*match)};
  }
  std::vector<std::string> values;
  for (const FilterElement& element : elements) {
    if (element.high) return no_range(element, field.name);
    const bool is_order = relation != Relation::Equal && relation != Relation::NotEqual && relation != Relation::In;
    auto value = field.id == FieldId::FindingCode && !is_order ? code_of(element.low) : text_of(element.low);
    if (!value) return std::unexpected(value.error());
    values.push_back(std::move(*value));
  }
  return TextCondition{field.id, is_negated, TextMatch(relation, std::move(values))};
}

Result<Condition> make_addresses(const FilterField& field, Relation relation,
                                 const std::vector<FilterElement>& elements) {
  AddressCondition condition{field.id, relation == Relation::NotEqual, {}};
  for (const FilterElement& element : elements) {
    if (element.high) return no_range(element, field.name);
    const auto block =
        element.low.kind == Kind::Word ? parse_address_block(element.low.value) : std::optional<AddressBlock>();
    if (!block) return wrong(element.low, std::string(example(field.type)));
    condition.blocks.push_back(*block);
  }
  return condition;
}

std::optional<JsonKind> literal(const FilterToken& token) {
  if (token.kind != Kind::Word) return std::nullopt;
  if (token.value == "true") return JsonKind::True;
  if (token.value == "false") return JsonKind::False;
  if (token.value == "null") return JsonKind::Null;
  return std::nullopt;
}

std::optional<JsonNumber> number(const FilterToken& token) {
  return token.kind == Kind::Word ? JsonNumber::parse(token.value) : std::nullopt;
}

Result<JsonConstant> json_constant(const FilterElement& element, bool needs_order) {
  const auto low = number(element.low);
  if (element.high) {
    const auto high = number(*element.high);
    if (!low) return wrong(element.low, "a range has numbers at its ends");
    if (!high) return wrong(*element.high, "a range has numbers at its ends");
    if (low->order_of(element.high->value) < 0) return empty_range(element);
    return JsonRange{*low, *high};
  }
  if (low) return *low;
  if (const auto kind = literal(element.low)) {
    if (needs_order)
      return wrong(element.low, fmt::format("{} is neither more nor less than anything", element.low.value));
    return *kind;
  }
  auto text = text_of(element.low);
  if (!text) return std::unexpected(text.error());
  return std::move(*text);
}

Result<Condition> make_body(const FilterPlace& place, Relation relation, const std::vector<FilterElement>& elements) {
  if (relation == Relation::Matches || relation == Relation::Contains) {
    auto match = make_match(relation, elements.front().low);
    if (!match) return std::unexpected(match.error());
    return BodyCondition(place.path, std::move(*match));
  }
  const bool needs_order = relation != Relation::Equal && relation != Relation::NotEqual && relation != Relation::In;
  std::vector<JsonConstant> constants;
  for (const FilterElement& element : elements) {
    auto constant = json_constant(element, needs_order);
    if (!constant) return std::unexpected(constant.error());
    constants.push_back(std::move(*constant));
  }
  return BodyCondition(place.path, relation, std::move(constants));
}

}  // namespace

Result<void> check_relation(const FilterPlace& place, Relation relation, const FilterToken& sign) {
  const FilterField& field = *place.field;
  const auto operators = operators_of(field.type);
  if (std::ranges::find(operators, to_string(relation)) != operators.end()) return {};
  if (operators.empty()) {
    return wrong(sign, fmt::format("{} is there or not, it has no value", field.name),
                 fmt::format("{} or !{}", field.name, field.name));
  }
  return wrong(sign,
               fmt::format("{} is {}: it goes with {}", field.name, describe(field.type), fmt::join(operators, " ")));
}

Result<Condition> make_condition(const FilterPlace& place, Relation relation,
                                 const std::vector<FilterElement>& elements) {
  const FilterField& field = *place.field;
  switch (field.type) {
    case FilterType::Text: return make_texts(field, relation, elements);
    case FilterType::Address: return make_addresses(field, relation, elements);
    case FilterType::Json: return make_body(place, relation, elements);
    case FilterType::Numeric:
    case FilterType::Duration:
    case FilterType::Time:
    case FilterType::Choice:
    case FilterType::Severity:
    case FilterType::Name:
    case FilterType::Flag: break;
  }
  return make_integers(field, relation, elements);
}

Condition make_presence(const FilterPlace& place) {
  if (place.field->id == FieldId::BodyPlace) return BodyCondition(place.path);
  return PresenceCondition{place.field->id, place.field->type};
}

}  // namespace overhear
