#include "session/filter/filter_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "session/filter/filter.hpp"

namespace overhear {
namespace {

using Kind = FilterToken::Kind;

constexpr std::string_view kBody = "body";

std::optional<Relation> relation_of(Kind kind) {
  switch (kind) {
    case Kind::Equal: return Relation::Equal;
    case Kind::NotEqual: return Relation::NotEqual;
    case Kind::Less: return Relation::Less;
    case Kind::LessEqual: return Relation::LessEqual;
    case Kind::Greater: return Relation::Greater;
    case Kind::GreaterEqual: return Relation::GreaterEqual;
    case Kind::Contains: return Relation::Contains;
    case Kind::Matches: return Relation::Matches;
    case Kind::In: return Relation::In;
    default: return std::nullopt;
  }
}

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 'a' - 'A') : c; });
  return lower;
}

// A word like "and" that stands where a value should.
bool is_keyword(const FilterToken& token) {
  return token.kind != Kind::Word && token.kind != Kind::String && !token.value.empty() &&
         is_filter_word(token.value.front());
}

bool is_value(const FilterToken& token) {
  return token.kind == Kind::Word || token.kind == Kind::String;
}

}  // namespace

std::unexpected<FilterError> FilterParser::wrong(std::string text, std::string meant) const {
  return std::unexpected(FilterError{token_.begin, token_.end, std::move(text), std::move(meant)});
}

std::expected<void, FilterError> FilterParser::advance(bool keeps_unknown_escapes) {
  auto next = lexer_.next(keeps_unknown_escapes);
  if (!next) return std::unexpected(next.error());
  token_ = std::move(*next);
  return {};
}

std::expected<FilterProgram, FilterError> FilterParser::parse() {
  if (auto first = advance(); !first) return std::unexpected(first.error());
  if (token_.kind == Kind::End) return std::move(program_);
  const Node root = either();
  if (!root) return std::unexpected(root.error());
  if (token_.kind == Kind::Close) return wrong("no parenthesis is open here");
  if (relation_of(token_.kind)) return wrong("comparisons are joined with &&, not chained");
  if (token_.kind != Kind::End) return wrong("&& or || is missing before this");
  program_.set_root(*root);
  return std::move(program_);
}

std::expected<FilterPlace, FilterError> FilterParser::parse_field() {
  if (auto first = advance(); !first) return std::unexpected(first.error());
  if (token_.kind == Kind::End) return wrong("a field is missing here");
  auto named = place();
  if (named && token_.kind != Kind::End) return wrong("one field's name stands here, and nothing else");
  return named;
}

FilterParser::Node FilterParser::joined(Kind separator, FilterProgram::Join how, Node (FilterParser::*operand)()) {
  std::vector<NodeId> nodes;
  while (true) {
    const Node node = (this->*operand)();
    if (!node) return node;
    nodes.push_back(*node);
    if (token_.kind != separator) return program_.join(how, std::move(nodes));
    if (auto next = advance(); !next) return std::unexpected(next.error());
  }
}

FilterParser::Node FilterParser::negation() {
  bool is_negated = false;
  while (token_.kind == Kind::Not) {
    is_negated = !is_negated;
    if (auto next = advance(); !next) return std::unexpected(next.error());
  }
  Node node;
  if (token_.kind == Kind::Open) {
    if (++depth_ > kMaxFilterDepth) return wrong(fmt::format("parentheses nest {} deep at most", kMaxFilterDepth));
    const std::size_t opened = token_.begin;
    if (auto next = advance(); !next) return std::unexpected(next.error());
    node = either();
    if (!node) return node;
    if (token_.kind == Kind::End) {
      return std::unexpected(FilterError{opened, opened + 1, "this parenthesis is not closed"});
    }
    if (relation_of(token_.kind)) return wrong("comparisons are joined with &&, not chained");
    if (token_.kind != Kind::Close) return wrong("&&, || or ) is missing before this");
    --depth_;
    if (auto next = advance(); !next) return std::unexpected(next.error());
  } else {
    node = comparison();
    if (!node) return node;
  }
  return is_negated ? program_.negate(*node) : node;
}

FilterParser::Node FilterParser::comparison() {
  const auto named = place();
  if (!named) return std::unexpected(named.error());
  bool is_negated = false;
  if (token_.kind == Kind::Not) {
    const FilterToken negation = token_;
    if (auto next = advance(); !next) return std::unexpected(next.error());
    if (token_.kind != Kind::In) {
      return std::unexpected(FilterError{negation.begin, negation.end, "&& or || is missing before this"});
    }
    is_negated = true;
  }
  const auto relation = relation_of(token_.kind);
  if (!relation) return program_.add(make_presence(*named));
  if (auto checked = check_relation(*named, *relation, token_); !checked) return std::unexpected(checked.error());
  if (auto next = advance(*relation == Relation::Matches); !next) return std::unexpected(next.error());
  auto elements = *relation == Relation::In ? set() : single();
  if (!elements) return std::unexpected(elements.error());
  auto condition = make_condition(*named, *relation, *elements);
  if (!condition) return std::unexpected(condition.error());
  const NodeId node = program_.add(std::move(*condition));
  return is_negated ? program_.negate(node) : node;
}

std::expected<FilterElement, FilterError> FilterParser::value() {
  if (is_keyword(token_)) {
    const std::string quoted = fmt::format("\"{}\"", token_.value);
    return wrong(fmt::format("{} is an operator; as a text it stands in quotes", token_.value), quoted);
  }
  if (!is_value(token_)) return wrong("a value is missing here");
  FilterElement element{std::move(token_), {}};
  if (auto next = advance(); !next) return std::unexpected(next.error());
  return element;
}

std::expected<std::vector<FilterElement>, FilterError> FilterParser::single() {
  auto one = value();
  if (!one) return std::unexpected(one.error());
  return std::vector<FilterElement>{std::move(*one)};
}

std::expected<std::vector<FilterElement>, FilterError> FilterParser::set() {
  if (token_.kind != Kind::OpenBrace) return wrong("a set stands here: {1, 3, 5..9}");
  std::vector<FilterElement> elements;
  do {
    if (auto next = advance(); !next) return std::unexpected(next.error());
    auto element = value();
    if (!element) return std::unexpected(element.error());
    if (token_.kind == Kind::DotDot) {
      if (auto next = advance(); !next) return std::unexpected(next.error());
      auto high = value();
      if (!high) return std::unexpected(high.error());
      element->high = std::move(high->low);
    }
    elements.push_back(std::move(*element));
  } while (token_.kind == Kind::Comma);
  if (is_value(token_)) return wrong("a comma is missing before this");
  if (token_.kind != Kind::CloseBrace) return wrong("the set's } is missing here");
  if (auto next = advance(); !next) return std::unexpected(next.error());
  return elements;
}

std::expected<FilterPlace, FilterError> FilterParser::place() {
  if (token_.kind == Kind::String) return wrong("a field stands here; a text only behind an operator");
  if (token_.kind != Kind::Word) return wrong("a field is missing here");
  const std::string& name = token_.value;
  const std::string_view text = lexer_.text();
  const char behind = token_.end < text.size() ? text[token_.end] : '\0';
  FilterPlace place{nullptr, {}, token_.begin, token_.end};
  if (name.starts_with("body.") || (name == kBody && behind == '[')) {
    auto steps = path();
    if (!steps) return std::unexpected(steps.error());
    place.field = &filter_field(FieldId::BodyPlace);
    place.path = std::move(*steps);
    place.end = lexer_.position();
  } else if (behind == '(') {
    return wrong("there are no functions");
  } else {
    place.field = find_filter_field(name);
    if (place.field == nullptr) {
      const FilterField* meant = find_filter_field(in_lower_case(name));
      if (meant == nullptr) meant = nearest_filter_field(name);
      if (meant != nullptr) return wrong(fmt::format("there is no field {}", name), std::string(meant->name));
      return wrong(fmt::format("there is no field {} (overhear fields lists them)", name));
    }
  }
  if (auto next = advance(); !next) return std::unexpected(next.error());
  return place;
}

// The names and brackets behind "body"; the lexer goes on behind them.
std::expected<BodyPath, FilterError> FilterParser::path() {
  const std::string_view text = lexer_.text();
  BodyPath steps;
  lexer_.seek(token_.begin + kBody.size());
  while (lexer_.position() < text.size()) {
    const std::size_t at = lexer_.position();
    if (text[at] == '[') {
      auto step = brackets();
      if (!step) return std::unexpected(step.error());
      steps.push_back(std::move(*step));
      continue;
    }
    if (text[at] != '.') break;
    std::size_t end = at + 1;
    while (end < text.size() && is_filter_word(text[end]) && text[end] != '.') ++end;
    if (end == at + 1) return std::unexpected(FilterError{end, end, "a member's name is missing behind the dot"});
    steps.push_back({PathStep::Kind::Member, std::string(text.substr(at + 1, end - at - 1)), 0});
    lexer_.seek(end);
  }
  return steps;
}

// "[0]", "[*]" or "[\"a name\"]".
std::expected<PathStep, FilterError> FilterParser::brackets() {
  const std::string_view text = lexer_.text();
  const std::size_t begin = lexer_.position() + 1;
  const auto wrong_here = [&](std::size_t at) {
    return std::unexpected(
        FilterError{at, at, "brackets hold an index, * or a name in quotes: [0], [*], [\"a name\"]"});
  };
  PathStep step;
  std::size_t end = begin;
  if (text.substr(begin).starts_with('"')) {
    lexer_.seek(begin);
    auto name = lexer_.next();
    if (!name) return std::unexpected(name.error());
    step.name = std::move(name->value);
    end = name->end;
  } else if (text.substr(begin).starts_with('*')) {
    step.kind = PathStep::Kind::AnyElement;
    end = begin + 1;
  } else {
    step.kind = PathStep::Kind::Element;
    const auto [stop, error] = std::from_chars(text.data() + begin, text.data() + text.size(), step.index);
    if (error != std::errc()) return wrong_here(begin);
    end = static_cast<std::size_t>(stop - text.data());
  }
  if (!text.substr(end).starts_with(']')) return wrong_here(end);
  lexer_.seek(end + 1);
  return step;
}

}  // namespace overhear
