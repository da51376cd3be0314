// A question about the values at a place in a message's JSON: body.data.users[0].id == 7. Looked up in the index that
// the analysis made anyway; nothing is parsed or copied but strings with escapes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dissectors/json/json_index.hpp"
#include "session/filter/body_path.hpp"
#include "session/filter/json_number.hpp"
#include "session/filter/text_match.hpp"

namespace overhear {

// What a value is compared with. A text is equal to strings only, a number to numbers only.
struct JsonRange {
  JsonNumber low;
  JsonNumber high;
};
using JsonConstant = std::variant<std::string, JsonNumber, JsonRange, JsonKind>;  // JsonKind: True, False, Null

class BodyCondition {
 public:
  // Whether there is anything.
  explicit BodyCondition(BodyPath path) : path_(std::move(path)) {}
  // Whether a value is to one of the constants as the relation says; NotEqual: whether there are some, and none is
  // equal.
  BodyCondition(BodyPath path, Relation relation, std::vector<JsonConstant> constants)
      : path_(std::move(path)), relation_(relation), constants_(std::move(constants)) {}
  // Contains and Matches: of a string what it means, of anything else its text as it stands.
  BodyCondition(BodyPath path, TextMatch match) : path_(std::move(path)), match_(std::move(match)) {}

  bool holds(const JsonIndex& json) const;

 private:
  bool accepts(const JsonIndex& json, const JsonNode& node) const;

  BodyPath path_;
  std::optional<Relation> relation_;
  std::vector<JsonConstant> constants_;
  std::optional<TextMatch> match_;
};

}  // namespace overhear
