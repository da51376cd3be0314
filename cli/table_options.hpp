// What -T fields and -T csv write, from -e and -E, which are tshark's.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "session/table/table_exporter.hpp"

namespace overhear {

struct TableArguments {
  std::vector<std::string> fields;   // -e
  std::vector<std::string> options;  // -E
};

inline constexpr std::string_view kTableFormats[] = {"fields", "csv"};

// REQUIRES: `format` is one of kTableFormats. Else the exit status: the error has been printed.
std::expected<TableOptions, int> parse_table(const std::string& format, const TableArguments& arguments,
                                             bool with_events, bool shows_secrets);

}  // namespace overhear
