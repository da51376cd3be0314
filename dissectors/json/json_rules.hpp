// What can be wrong with JSON itself, whatever protocol speaks it.
#pragma once

#include "base/finding.hpp"

namespace overhear::json_rules {

inline constexpr Rule kInvalid{"json.invalid", Severity::Error, "RFC 8259", "not valid JSON"};
inline constexpr Rule kDepth{"json.depth", Severity::Error, "RFC 8259, 9", "JSON nests deeper than the limit of 512"};
inline constexpr Rule kDuplicateKey{"json.duplicate_key", Severity::Warning, "RFC 8259, 4",
                                    "a name stands twice in one object; the last is meant"};
inline constexpr Rule kSurrogate{"json.surrogate", Severity::Warning, "RFC 8259, 8.2",
                                 "an escaped surrogate stands alone: no character"};
inline constexpr Rule kBom{"json.bom", Severity::Warning, "RFC 8259, 8.1",
                           "a byte order mark stands before the JSON text"};
inline constexpr Rule kIndexLimit{
    "json.index_limit", Severity::Note, {}, "so many values that only the first ones were looked into"};

inline constexpr Rule kHugeNumber{"json.huge_number", Severity::Note, "RFC 8259, 6",
                                  "an integer of more digits than common JSON readers accept"};
inline constexpr Rule kNul{"json.nul", Severity::Note, "RFC 8259, 2",
                           "NUL bytes stand between messages; they are taken for white space"};

inline constexpr const Rule* kAll[] = {&kInvalid, &kDepth,      &kDuplicateKey, &kSurrogate,
                                       &kBom,     &kIndexLimit, &kHugeNumber,   &kNul};

}  // namespace overhear::json_rules
