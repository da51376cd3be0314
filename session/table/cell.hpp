// What stands in a cell: the values of a column's field in a record, one after the other, as plain text. Nothing here
// knows of quotes, separators or terminals.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "session/export/json_text.hpp"
#include "session/export/text_buffer.hpp"
#include "session/filter/subject.hpp"
#include "session/table/column.hpp"

namespace overhear {

enum class Occurrence : std::uint8_t { First, Last, All };

struct CellOptions {
  Occurrence occurrence = Occurrence::All;
  char aggregator = ',';  // between several values
  bool masks_secrets = true;
};

// Texts are what they mean, numbers decimal, durations seconds ("0.000532000"), times RFC 3339 in UTC, flags "1". A
// value in the body: a string what it means, anything else its JSON; bytes that are no JSON as they are.
class CellWriter {
 public:
  explicit CellWriter(const CellOptions& options) : options_(options) {}

  // The cell's text; holds until the next call.
  std::string_view write(const Column& column, const Subject& subject);

  // Of the last cell: whether the field was there at all, and whether what it begins with was somebody's free choice,
  // a text from the wire.
  bool is_present() const { return count_ > 0; }
  bool is_free_text() const { return is_free_text_; }

 private:
  // One value after the other; true where no more are wanted.
  bool add(std::string_view value, bool is_free_text = false);

  void add_numbers(const FilterField& field, const Subject& subject);
  void add_texts(const FilterField& field, const Subject& subject);
  void add_endpoints(const FilterField& field, const Subject& subject);
  void add_flag(const FilterField& field, const Subject& subject);
  void add_body(const Message& message);
  void add_place(const BodyPath& path, const JsonIndex& json);
  std::string_view number_text(const FilterField& field, std::int64_t value);

  CellOptions options_;
  TextBuffer cell_;
  TextBuffer value_;  // of a number
  TimeFormatter times_;
  std::string meaning_;  // of a text with escapes, of JSON
  std::size_t count_ = 0;
  bool is_free_text_ = false;
};

}  // namespace overhear
