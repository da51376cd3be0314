// What there is to report about a message's JSON as such, before anybody asks what it means.
#pragma once

#include <cstddef>

#include "base/finding.hpp"
#include "dissectors/json/json_index.hpp"

namespace overhear {

// `size` is that of the text that was parsed.
void check_json(const JsonIndex& json, std::size_t size, FindingList& findings);

}  // namespace overhear
