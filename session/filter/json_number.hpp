// A number as JSON writes it, compared as what it means: integers of any size exactly, others as doubles.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace overhear {

class JsonNumber {
 public:
  // Nothing where the text is no number in JSON's form.
  static std::optional<JsonNumber> parse(std::string_view text);

  // How a JSON document's number lies to this one: negative, zero or positive. REQUIRES: `text` is a number.
  int order_of(std::string_view text) const;

 private:
  std::string text_;
  bool is_integer_ = false;
  std::optional<std::int64_t> integer_;  // where it fits
};

}  // namespace overhear
