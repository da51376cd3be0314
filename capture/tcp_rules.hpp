// What reassembly has to say about connections and streams.
#pragma once

#include <array>

#include "base/finding.hpp"

namespace overhear::tcp_rules {

inline constexpr Rule kGap{"tcp.gap", Severity::Warning, "RFC 9293, 3.4", "bytes were not captured"};
inline constexpr Rule kLateSegment{"tcp.late_segment", Severity::Note, "RFC 9293, 3.4",
                                   "bytes came after they had been given up, and are left out"};
inline constexpr Rule kOverlapConflict{"tcp.overlap_conflict", Severity::Warning, "RFC 9293, 3.10.7.4",
                                       "bytes came again with another content; the first copy is shown"};
inline constexpr Rule kMidstream{"tcp.midstream", Severity::Note, "",
                                 "the capture does not have this connection's beginning"};
inline constexpr Rule kOneSided{"tcp.one_sided", Severity::Note, "", "only one direction was captured"};
inline constexpr Rule kReset{"tcp.reset", Severity::Warning, "RFC 9293, 3.5.3", "the connection was reset"};
inline constexpr Rule kResetAfterFin{"tcp.reset", Severity::Note, "RFC 9293, 3.5.3",
                                     "the connection was reset while it was closing"};
inline constexpr Rule kOutOfWindow{"tcp.out_of_window", Severity::Warning, "RFC 5961, 5",
                                   "a segment far outside the window is ignored"};
inline constexpr Rule kResetOutOfWindow{"tcp.out_of_window", Severity::Warning, "RFC 5961, 3",
                                        "a reset far outside the window is ignored"};
inline constexpr Rule kFinOutOfPlace{"tcp.out_of_window", Severity::Warning, "RFC 9293, 3.10.7.4",
                                     "a FIN in a place where the stream cannot end is ignored"};
inline constexpr Rule kUnexpectedSyn{"tcp.unexpected_syn", Severity::Note, "RFC 5961, 4",
                                     "a SYN with another sequence number came while the connection was open"};
inline constexpr Rule kDataAfterFin{"tcp.data_after_fin", Severity::Warning, "RFC 9293, 3.6",
                                    "bytes were sent behind the end of the stream, and are left out"};
inline constexpr Rule kDataAfterReset{"tcp.data_after_reset", Severity::Note, "RFC 9293, 3.5.3",
                                      "bytes were sent on a connection that had been reset, and are left out"};
inline constexpr Rule kBadFlags{"tcp.bad_flags", Severity::Warning, "RFC 9293, 3.10.7",
                                "a segment whose control bits contradict each other is ignored"};
inline constexpr Rule kLand{"tcp.land", Severity::Warning, "", "a segment from an endpoint to itself is ignored"};
inline constexpr Rule kHoleLimit{"tcp.hole_limit", Severity::Note, "",
                                 "too many bytes waited behind missing ones, which are no longer waited for"};
inline constexpr Rule kConnectionLimit{"tcp.connection_limit", Severity::Note, "",
                                       "too many connections are open; this one was silent for longest"};

inline constexpr std::array kAll{
    &kGap,           &kLateSegment,    &kOverlapConflict, &kMidstream,        &kOneSided,
    &kReset,         &kResetAfterFin,  &kOutOfWindow,     &kResetOutOfWindow, &kFinOutOfPlace,
    &kUnexpectedSyn, &kDataAfterFin,   &kDataAfterReset,  &kBadFlags,         &kLand,
    &kHoleLimit,     &kConnectionLimit};

}  // namespace overhear::tcp_rules
