// What can be wrong with TLS, and what keeps it from being opened.
#pragma once

#include "base/finding.hpp"

namespace overhear::tls_rules {

inline constexpr Rule kNoKey{"tls.no_key", Severity::Warning, "RFC 8446, 7.3",
                             "no key is known for these records: they stay encrypted"};
inline constexpr Rule kWrongKey{"tls.wrong_key", Severity::Error, "RFC 8446, 7.3",
                                "the key log names this session, but its key opens none of the records"};
inline constexpr Rule kUnsupported{"tls.unsupported", Severity::Warning, "RFC 8446, B.4",
                                   "a version or cipher suite that is not opened"};
inline constexpr Rule kBadRecord{"tls.bad_record", Severity::Error, "RFC 8446, 5.2",
                                 "a record that does not open: it was damaged or is out of place"};
inline constexpr Rule kNotRecord{"tls.not_a_record", Severity::Error, "RFC 8446, 5.1",
                                 "bytes where a TLS record should begin"};
inline constexpr Rule kUnexpected{"tls.unexpected", Severity::Warning, "RFC 8446, 4",
                                  "a record or handshake message that has no place here"};
inline constexpr Rule kMalformed{"tls.malformed", Severity::Error, "RFC 8446, 4",
                                 "a handshake message that is not well-formed"};
inline constexpr Rule kHandshakeLimit{"tls.handshake_limit", Severity::Error, "RFC 8446, 4",
                                      "a handshake message over the limit was not read"};
inline constexpr Rule kLoss{"tls.loss", Severity::Warning, "RFC 8446, 5.2",
                            "bytes are missing inside TLS: what follows in this direction is lost unless the next "
                            "record is found"};
inline constexpr Rule kFound{"tls.found_again", Severity::Note, "RFC 8446, 5.2", "the next record was found"};
inline constexpr Rule kSuiteFound{"tls.suite_found", Severity::Note, "RFC 8446, 4.1.3",
                                  "the server's hello was not captured: what opens the records was found by trying"};
inline constexpr Rule kLost{"tls.lost", Severity::Error, "RFC 8446, 5.2",
                            "no further record opens: the rest of this direction stays encrypted"};
inline constexpr Rule kEarlyRejected{"tls.early_data_rejected", Severity::Note, "RFC 8446, 4.2.10",
                                     "the server did not take the early data, which is not shown"};
inline constexpr Rule kRenegotiation{"tls.renegotiation", Severity::Note, "RFC 5246, 7.4.1.1",
                                     "the handshake is done anew within the session"};
inline constexpr Rule kAlert{"tls.alert", Severity::Warning, "RFC 8446, 6.2", "a fatal alert ends the session"};

inline constexpr const Rule* kAll[] = {&kNoKey,      &kWrongKey,  &kUnsupported,    &kBadRecord,     &kNotRecord,
                                       &kUnexpected, &kMalformed, &kHandshakeLimit, &kLoss,          &kFound,
                                       &kSuiteFound, &kLost,      &kEarlyRejected,  &kRenegotiation, &kAlert};

}  // namespace overhear::tls_rules
