// From a field, a relation and the values that a filter gives to a condition: which relations a type knows, and what
// its values look like, is decided here, with an error at the character where it is not so.
#pragma once

#include <expected>
#include <optional>
#include <string_view>
#include <vector>

#include "session/filter/condition.hpp"
#include "session/filter/filter_error.hpp"
#include "session/filter/filter_lexer.hpp"

namespace overhear {

// A field as it was named: with a path where it is a place in the body.
struct FilterPlace {
  const FilterField* field = nullptr;
  BodyPath path;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// One value, or a range of them.
struct FilterElement {
  FilterToken low;
  std::optional<FilterToken> high;
};

// Whether the relation, which stands in `sign`, goes with the field; else what is wrong.
std::expected<void, FilterError> check_relation(const FilterPlace& place, Relation relation, const FilterToken& sign);
// REQUIRES: check_relation() and at least one element.
std::expected<Condition, FilterError> make_condition(const FilterPlace& place, Relation relation,
                                                     const std::vector<FilterElement>& elements);
Condition make_presence(const FilterPlace& place);

}  // namespace overhear
