// What can be wrong with the keys that were given.
#pragma once

#include "base/finding.hpp"

namespace overhear::key_rules {

inline constexpr Rule kBadLine{"file.key_log", Severity::Warning, "NSS key log format",
                               "a line of a key log that is no key"};

inline constexpr const Rule* kAll[] = {&kBadLine};

}  // namespace overhear::key_rules
