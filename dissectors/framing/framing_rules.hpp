// What can be wrong with the framing of messages on a bare stream.
#pragma once

#include "base/finding.hpp"

namespace overhear::framing_rules {

// Only SCRP implementations frame so; the specification itself names no framing.
inline constexpr Rule kBadLength{"scrp.bad_length", Severity::Error, {}, "a length prefix that no message can have"};

inline constexpr const Rule* kAll[] = {&kBadLength};

}  // namespace overhear::framing_rules
