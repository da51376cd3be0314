// What can be wrong with the HTTP in front of a WebSocket.
#pragma once

#include "base/finding.hpp"

namespace overhear::http_rules {

inline constexpr Rule kHeaderLimit{"http.header_limit", Severity::Error, "RFC 9112, 2.3",
                                   "an HTTP head over the limit of 64 KiB"};
inline constexpr Rule kMalformed{"http.malformed", Severity::Error, "RFC 9112, 2.1", "not a well-formed HTTP head"};
inline constexpr Rule kLineEnd{"http.line_end", Severity::Note, "RFC 9112, 2.2", "lines of a head end with LF alone"};
inline constexpr Rule kStatusLine{"http.status_line", Severity::Note, "RFC 9112, 4",
                                  "the space behind the status code is missing"};
inline constexpr Rule kBadChunk{"http.bad_chunk", Severity::Error, "RFC 9112, 7.1",
                                "a chunked body that cannot be followed: what comes behind it is data"};
inline constexpr Rule kNoUpgrade{"http.no_upgrade", Severity::Note, "RFC 6455, 4.2.2",
                                 "the server did not agree to a WebSocket"};

inline constexpr const Rule* kAll[] = {&kHeaderLimit, &kMalformed, &kLineEnd, &kStatusLine, &kBadChunk, &kNoUpgrade};

}  // namespace overhear::http_rules
