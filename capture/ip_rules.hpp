// What can be wrong between a frame and a TCP segment.
#pragma once

#include <array>

#include "base/finding.hpp"

namespace overhear::ip_rules {

inline constexpr Rule kMalformed{"ip.malformed", Severity::Warning, "RFC 791, 3.1; RFC 8200, 3 and 4",
                                 "the IP header contradicts itself or the frame"};
inline constexpr Rule kFragMissing{"ip.frag_missing", Severity::Warning, "RFC 791, 3.2; RFC 8200, 4.5",
                                   "fragments of a datagram were not captured"};
inline constexpr Rule kFragOverlap{"ip.frag_overlap", Severity::Warning, "RFC 1858, 4; RFC 5722, 4",
                                   "fragments of a datagram overlap"};
inline constexpr Rule kBadTcpHeader{"tcp.bad_header", Severity::Warning, "RFC 9293, 3.1",
                                    "the TCP header does not fit into its packet"};

inline constexpr std::array kAll{&kMalformed, &kFragMissing, &kFragOverlap, &kBadTcpHeader};

}  // namespace overhear::ip_rules
