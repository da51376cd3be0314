// What a cchat message is held against beyond its fields' types.
#pragma once

#include "base/finding.hpp"

namespace overhear::cchat_rules {

// Deviations of the only public server, in all that it sends: notes, though the fact is the same as in any schema
// finding.
inline constexpr Rule kNumericCode{"app.schema", Severity::Note, "cchat 0.3, Error",
                                   "errcode is an integer, not hexadecimal text; real servers send it so"};
inline constexpr Rule kNoDetail{"app.schema", Severity::Note, "cchat 0.3, Error",
                                "errdetail is missing; real servers never send it"};
inline constexpr Rule kObservedCode{"cchat.observed_code", Severity::Note, "cchat 0.3, Error",
                                    "an error code that real servers send and the specification does not name"};

inline constexpr Rule kNotBase64{"cchat.not_base64", Severity::Note, "cchat 0.3, Message",
                                 "content is no base64; some real clients send plain text"};

// Raised where requests and answers are paired. The specification does not say what is answered when: notes.
inline constexpr Rule kOrphanAnswer{"app.orphan_answer", Severity::Note, "cchat 0.3, Error",
                                    "this tells how a join or leave ended, and none was under way"};
inline constexpr Rule kAnsweredTwice{"app.answered_twice", Severity::Note, "cchat 0.3, Error",
                                     "an answer to a request that was answered before"};

inline constexpr const Rule* kAll[] = {&kNumericCode, &kNoDetail,     &kObservedCode,
                                       &kNotBase64,   &kOrphanAnswer, &kAnsweredTwice};

}  // namespace overhear::cchat_rules
