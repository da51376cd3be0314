// What can be wrong with the HTTP in front of a WebSocket.
#pragma once

#include "base/finding.hpp"

namespace overhear::http_rules {

inline constexpr Rule kHeaderLimit{"http.header_limit", Severity::Error, "RFC 9112, 2.3",
                                   "an HTTP head over the limit of 64 KiB"};
inline constexpr Rule kMalformed{"http.malformed", Severity::Error, "RFC 9112, 2.1", "not a well-formed HTTP head"};
inline constexpr Rule kNoUpgrade{"http.no_upgrade", Severity::Note, "RFC 6455, 4.2.2",
                                 "the server did not agree to a WebSocket"};

inline constexpr const Rule* kAll[] = {&kHeaderLimit, &kMalformed, &kNoUpgrade};

}  // namespace overhear::http_rules
