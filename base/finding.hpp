// A finding: an observation about the traffic with a stable code, a severity and the text that it rests on.
// Rules are constant tables (one per layer); findings refer to them. A FindingList keeps its strings' memory, so that a
// layer which reports something on every message allocates nothing in the steady state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace overhear {

enum class Severity : std::uint8_t { Note, Warning, Error };

constexpr std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::Note: return "note";
    case Severity::Warning: return "warning";
    case Severity::Error: return "error";
  }
  return {};
}

struct Rule {
  std::string_view code;  // "layer.fact_in_snake_case", stable
  Severity severity = Severity::Note;
  std::string_view spec;  // "RFC 6455, 5.5"; empty where no document speaks of it
  std::string_view text;  // one sentence, used where a finding brings none of its own
};

struct Finding {
  const Rule* rule = nullptr;
  std::string_view spec;               // overrides the rule's where a table knows it better; static storage
  std::string text;                    // empty: the rule's text
  std::string field;                   // JSON pointer, where one field is meant
  std::optional<std::uint64_t> bytes;  // how many bytes the fact is about
  std::uint64_t count = 1;             // how many facts of its kind it tells of together

  std::string_view message() const { return text.empty() ? rule->text : std::string_view(text); }
  std::string_view citation() const { return spec.empty() ? rule->spec : spec; }
};

class FindingList {
 public:
  // Adds a finding whose strings are empty. The reference is valid until the next call.
  Finding& add(const Rule& rule);
  Finding& add(const Rule& rule, std::string_view text);

  void clear() { size_ = 0; }
  bool empty() const { return size_ == 0; }
  std::span<const Finding> items() const { return {slots_.data(), size_}; }
  // Moves all findings of `other` behind those that are here; `other` is empty afterwards.
  void take(FindingList& other);

 private:
  std::vector<Finding> slots_;
  std::size_t size_ = 0;
};

}  // namespace overhear
