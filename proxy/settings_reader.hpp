// Reads settings out of a JSON text that people write: what is wrong is told with its line and its place, and the first
// thing that is ends the reading.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.hpp"
#include "dissectors/json/json_index.hpp"

namespace overhear {

class SettingsReader {
 public:
  // `text` outlives this.
  explicit SettingsReader(std::string_view text);

  // "line 3, /faults/0/type: is \"latenzy\"; did you mean \"latency\"?"; empty: nothing is wrong so far.
  const std::string& problem() const { return problem_; }
  bool is_fine() const { return problem_.empty(); }
  void fail(const JsonNode& at, std::string_view what);

  const JsonIndex& json() const { return json_; }
  const JsonNode& root() const { return json_.root(); }

  // Whether the value is one; else it fails.
  bool is_object(const JsonNode& node);
  // Fails where the object has a member that is none of these.
  void allow_only(const JsonNode& object, std::initializer_list<std::string_view> names);
  // The member, or nullptr where there is none.
  const JsonNode* find(const JsonNode& object, std::string_view name) const { return json_.find(&object, name); }
  // Members: `absent` where there is none; what is none of its kind, or out of its bounds, fails.
  double number(const JsonNode& object, std::string_view name, double absent, double least, double most);
  std::int64_t integer(const JsonNode& object, std::string_view name, std::int64_t absent, std::int64_t least,
                       std::int64_t most);
  std::string string(const JsonNode& object, std::string_view name, std::string_view absent = {});
  bool flag(const JsonNode& object, std::string_view name, bool absent);
  // One of a few words, by its place among them.
  std::size_t choice(const JsonNode& object, std::string_view name, std::size_t absent,
                     std::initializer_list<std::string_view> words);
  // For each element of a list that is this object's member, where there is one.
  template <typename Function>
  void each(const JsonNode& object, std::string_view name, Function function) {
    const JsonNode* const list = find(object, name);
    if (list == nullptr || !is_list(*list)) return;
    for (const JsonNode* one = json_.first_child(*list); one != nullptr && is_fine();
         one = json_.next_sibling(*list, *one)) {
      function(*one);
    }
  }

 private:
  bool is_list(const JsonNode& node);
  std::string line_of(std::size_t offset) const;

  std::string_view text_;
  Limits limits_;
  JsonIndex json_;
  std::string problem_;
};

}  // namespace overhear
