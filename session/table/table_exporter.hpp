// Records as the rows of a table, one a line: columns are fields of the filter language. Two dialects: what tshark
// writes for -T fields, and CSV (RFC 4180). docs/tables.md describes both.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "session/export/output.hpp"
#include "session/table/cell.hpp"
#include "session/table/column.hpp"

namespace overhear {

enum class Quoting : std::uint8_t {
  None,
  Needed,  // with " what would otherwise be read as something else
  Double,  // with " whatever is there
  Single,  // with '
};

struct TableOptions {
  std::vector<Column> columns = {};
  CellOptions cells = {};
  char separator = '\t';
  Quoting quoting = Quoting::None;
  bool has_header = false;
  bool has_byte_order_mark = false;
  bool has_crlf = false;         // lines end as RFC 4180 has it
  bool keeps_breaks = false;     // line breaks and tabs in a text stay: REQUIRES quoting
  bool guards_formulas = false;  // a text that a spreadsheet would calculate gets a ' in front
  bool with_events = false;      // rows also for what is no message
};

// What is CSV: RFC 4180, with a header, and nothing that a spreadsheet would take for a formula. Without columns.
TableOptions csv_options();

class TableExporter final : public SubjectSink {
 public:
  // Writes the header. `output` outlives this.
  TableExporter(Output& output, TableOptions options);

  void on_subject(const Subject& subject) override;

 private:
  // What a byte asks for; several at once.
  enum Class : std::uint8_t { kPlain = 0, kQuotes = 1, kSpecial = 2 };

  void classify();
  void put(std::string_view cell, bool is_present, bool is_free_text);
  void put_special(std::string_view cell);
  // Appends what stands at `at`, escaped, and gives where the next one stands.
  std::size_t put_character(std::string_view cell, std::size_t at);
  void end_line();

  Output& output_;
  TableOptions options_;
  CellWriter cells_;
  std::array<std::uint8_t, 256> classes_{};
  char quote_ = '"';
};

}  // namespace overhear
