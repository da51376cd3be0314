// From a filter's text to its program, by recursive descent:
//
//   either     = alone { "or" alone }            alone = all { "xor" all }           all = negation { "and" negation }
//   negation   = { "not" } ( "(" either ")" | comparison )
//   comparison = field [ relation value | ["not"] "in" "{" element { "," element } "}" ]
//
// What follows a field is checked by its type where it stands (filter_values.hpp makes the condition).
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "session/filter/filter_error.hpp"
#include "session/filter/filter_lexer.hpp"
#include "session/filter/filter_program.hpp"
#include "session/filter/filter_values.hpp"

namespace overhear {

class FilterParser {
 public:
  explicit FilterParser(std::string_view text) : lexer_(text) {}

  std::expected<FilterProgram, FilterError> parse();
  // A text that is the name of one field and nothing else.
  std::expected<FilterPlace, FilterError> parse_field();

 private:
  using NodeId = FilterProgram::NodeId;
  using Node = std::expected<NodeId, FilterError>;
  using Kind = FilterToken::Kind;

  // One level of operators: `operand` again and again with `separator` between.
  Node joined(Kind separator, FilterProgram::Join how, Node (FilterParser::*operand)());
  Node either() { return joined(Kind::Or, FilterProgram::Join::Any, &FilterParser::alone); }
  Node alone() { return joined(Kind::Xor, FilterProgram::Join::Odd, &FilterParser::all); }
  Node all() { return joined(Kind::And, FilterProgram::Join::All, &FilterParser::negation); }
  Node negation();
  Node comparison();

  std::expected<FilterPlace, FilterError> place();
  std::expected<BodyPath, FilterError> path();
  std::expected<PathStep, FilterError> brackets();
  std::expected<FilterElement, FilterError> value();
  std::expected<std::vector<FilterElement>, FilterError> single();
  std::expected<std::vector<FilterElement>, FilterError> set();

  std::expected<void, FilterError> advance(bool keeps_unknown_escapes = false);
  std::unexpected<FilterError> wrong(std::string text, std::string meant = {}) const;

  FilterLexer lexer_;
  FilterToken token_;  // the one to look at
  FilterProgram program_;
  unsigned depth_ = 0;
};

}  // namespace overhear
