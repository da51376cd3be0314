// Changes one value of a JSON text and leaves every other byte as it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/limits.hpp"
#include "dissectors/json/json_index.hpp"

namespace overhear {

// The value that a JSON pointer (RFC 6901) names, or nullptr.
const JsonNode* find_at(const JsonIndex& json, std::string_view pointer);

// `text` with `value`, which is JSON, at the pointer: in place of what is there, or as a new member or (behind "-") a
// new element. Nothing where the text is no JSON, or has no such place.
std::optional<std::string> spliced(std::string_view text, std::string_view pointer, std::string_view value,
                                   const Limits& limits);

}  // namespace overhear
