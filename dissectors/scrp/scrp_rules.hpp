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

// What a name or a password looks like.
inline constexpr Rule kUserId{"scrp.user_id", Severity::Warning, "SCRP 0.0.3, 1.4 User",
                              "a user ID is 1 to 16 letters, digits and underscores of ASCII"};
inline constexpr Rule kRoomId{"scrp.room_id", Severity::Warning, "SCRP 0.0.3, 1.5 Room",
                              "a room ID is 1 to 16 letters, digits and underscores of ASCII"};
inline constexpr Rule kUserPassword{"scrp.user_password", Severity::Warning, "SCRP 0.0.3, 1.4 User",
                                    "a password is 6 to 64 printable characters of ASCII"};
inline constexpr Rule kRoomPassword{"scrp.room_password", Severity::Warning, "SCRP 0.0.3, 1.5 Room",
                                    "a password is 6 to 64 printable characters of ASCII"};
inline constexpr Rule kUserNickname{"scrp.user_nickname", Severity::Warning, "SCRP 0.0.3, 1.4 User",
                                    "a nickname is 1 to 32 characters"};
inline constexpr Rule kRoomNickname{"scrp.room_nickname", Severity::Warning, "SCRP 0.0.3, 1.5 Room",
                                    "a nickname is 1 to 32 characters"};

// Who may ask for what, and what may answer it.
inline constexpr Rule kNotLoggedIn{"scrp.not_logged_in", Severity::Warning, "SCRP 0.0.3, 2 Request & Response",
                                   "this can only be asked for by a user who is logged in, and nobody is"};
inline constexpr Rule kOtherUser{"scrp.other_user", Severity::Note, "SCRP 0.0.3, 2 Request & Response",
                                 "this is done for another user than the one who is logged in"};
inline constexpr Rule kNeedsPassword{"scrp.needs_password", Severity::Warning, "SCRP 0.0.3, 2.10 CHANGE_ROOM_ACCESS",
                                     "access by password needs room_password"};
inline constexpr Rule kSmallestError{"scrp.smallest_error", Severity::Warning, "SCRP 0.0.3, 3 Error",
                                     "of several errors the one with the smallest number must be the answer"};
inline constexpr Rule kUnfoundedError{"scrp.unfounded_error", Severity::Warning, "SCRP 0.0.3, 3 Error",
                                      "this error says that something is wrong which is right"};
inline constexpr Rule kUnlistedError{"scrp.unlisted_error", Severity::Warning, "SCRP 0.0.3, 2 Request & Response",
                                     "an error number that this method does not list"};
inline constexpr Rule kContradiction{"scrp.unlisted_error", Severity::Note, "SCRP 0.0.3, 2 Request & Response",
                                     "the method's list of errors and its algorithm differ about this number"};
inline constexpr Rule kUnknownError{"scrp.unknown_error", Severity::Warning, "SCRP 0.0.3, 3 Error",
                                    "a properly developed server never sends 999 UNKNOWN"};
inline constexpr Rule kTime{"scrp.time", Severity::Warning, "SCRP 0.0.3, 1.2 Server",
                            "a time is a uint32: seconds, 0 to 4294967295"};
inline constexpr Rule kNoTime{"app.schema", Severity::Warning, "SCRP 0.0.3, 2.6 GET_TIME",
                              "time is missing: GET_TIME is answered with it"};

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
                                       &kUserId,
                                       &kRoomId,
                                       &kUserPassword,
                                       &kRoomPassword,
                                       &kUserNickname,
                                       &kRoomNickname,
                                       &kNotLoggedIn,
                                       &kOtherUser,
                                       &kNeedsPassword,
                                       &kSmallestError,
                                       &kUnfoundedError,
                                       &kUnlistedError,
                                       &kContradiction,
                                       &kUnknownError,
                                       &kTime,
                                       &kNoTime,
                                       &kKnownDeviation};

}  // namespace overhear::scrp::rules
