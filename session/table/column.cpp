#include "session/table/column.hpp"

#include "session/filter/filter_parser.hpp"

namespace overhear {

std::expected<Column, FilterError> parse_column(std::string_view name) {
  auto place = FilterParser(name).parse_field();
  if (!place) return std::unexpected(place.error());
  return Column{std::string(name), place->field, std::move(place->path)};
}

// Session and number stand apart: a spreadsheet takes "1.10" for the number 1.1.
std::vector<Column> default_columns(bool with_events) {
  using enum FieldId;
  constexpr FieldId kShown[] = {Time, Session, MessageNumber, Direction, Source,  Destination, Protocol,   Type,
                                User, Room,    Text,          Size,      ReplyTo, Latency,     FindingCode};
  std::vector<Column> columns;
  const auto add = [&](FieldId id) { columns.push_back({std::string(filter_field(id).name), &filter_field(id), {}}); };
  if (with_events) add(Record);
  for (const FieldId id : kShown) add(id);
  if (with_events) add(Event);
  return columns;
}

}  // namespace overhear
