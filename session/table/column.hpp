// A column of a table: a field of the filter language by its name there, with the place in the body where it is one.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "session/filter/body_path.hpp"
#include "session/filter/filter_error.hpp"
#include "session/filter/filter_field.hpp"

namespace overhear {

struct Column {
  std::string name;  // as it was asked for: "finding.code", "body.data.room"
  const FilterField* field = nullptr;
  BodyPath path;  // of a place in the body
};

std::expected<Column, FilterError> parse_column(std::string_view name);
// What a table shows that was not asked for columns: who said what where and when, and what is wrong with it.
// `with_events`: rows are of several kinds.
std::vector<Column> default_columns(bool with_events);

}  // namespace overhear
