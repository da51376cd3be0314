// What an SCRP session is held against beyond its messages' fields.
#pragma once

#include "base/finding.hpp"
#include "dissectors/framing/framing_rules.hpp"

namespace overhear::scrp::rules {

// Raised where requests and answers are paired.
inline constexpr Rule kOrphanResponse{"scrp.orphan_response", Severity::Warning, "SCRP 0.0.3, 2 Request & Response",
                                      "a response to a request that was not made, or was answered before"};

inline constexpr Rule kMethodCase{"scrp.method_case", Severity::Note, "SCRP 0.0.3, 2 Request & Response",
                                  "a method name in other letters than the specification's: case matters"};
inline constexpr Rule kMissingRespId{"scrp.missing_resp_id", Severity::Warning, "SCRP 0.0.3, 2 Request & Response",
                                     "a response that does not say which request it answers"};
inline constexpr Rule kIdRange{"scrp.id_range", Severity::Warning, "SCRP 0.0.3, 2 Request & Response",
                               "req_id and resp_id are uint32: 0 to 4294967295"};
inline constexpr Rule kIdReused{"scrp.id_reused", Severity::Warning, "SCRP 0.0.3, 2 Request & Response",
                                "a req_id that another request of this session has"};
inline constexpr Rule kObservedCode{"scrp.observed_code", Severity::Note, "SCRP 0.0.3, 3 Error",
                                    "an error number that real servers use and the specification does not name"};

// Deviations of the public programs, in all that they send: notes, though the fact is the same as in any schema
// finding.
inline constexpr Rule kKnownDeviation{"app.schema", Severity::Note, "SCRP 0.0.3, 2 Request & Response",
                                      "a field differs in the way that real programs are known for"};

inline constexpr const Rule* kAll[] = {&framing_rules::kBadLength,
                                       &kOrphanResponse,
                                       &kMethodCase,
                                       &kMissingRespId,
                                       &kIdRange,
                                       &kIdReused,
                                       &kObservedCode,
                                       &kKnownDeviation};

}  // namespace overhear::scrp::rules
