// The filter language of -Y, Wireshark's in syntax (docs/filter.md): a text is compiled once and then asked about
// record after record. Pure: it keeps nothing between two records.
#pragma once

#include <cstddef>
#include <expected>
#include <string_view>

#include "session/filter/filter_error.hpp"
#include "session/filter/filter_program.hpp"
#include "session/filter/subject.hpp"

namespace overhear {

inline constexpr std::size_t kMaxFilterBytes = 16'384;
inline constexpr unsigned kMaxFilterDepth = 100;  // of parentheses and negations

class Filter {
 public:
  // An empty text lets everything through.
  static std::expected<Filter, FilterError> compile(std::string_view text);

  bool matches(const Subject& subject) const { return program_.matches(subject); }
  // About a record by itself, of whose session nothing else is known: time.relative and time.delta are absent.
  bool matches(const Message& message) const { return matches(subject_of(message)); }
  bool matches(const LooseFinding& finding) const { return matches(subject_of(finding)); }

  // Whether Message::json is looked at: who keeps messages need not parse their bodies for others.
  bool reads_json() const { return program_.reads_json(); }
  // Whether a field is asked about.
  bool reads(FieldId field) const { return program_.reads(field); }

 private:
  explicit Filter(FilterProgram program) : program_(std::move(program)) {}

  FilterProgram program_;
};

}  // namespace overhear
