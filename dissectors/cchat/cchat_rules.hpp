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

// --- forms and frames -----------------------------------------------------------------------------------------------

// The only public server sends text, and its clients do.
inline constexpr Rule kTextFrame{"cchat.text_frame", Severity::Note, "cchat 0.3, Note",
                                 "in a text frame: the specification asks for binary ones"};
inline constexpr Rule kNoDigest{"cchat.no_digest", Severity::Warning, "cchat 0.3, Join",
                                "an identity is a SHA-1 digest in hexadecimal"};
inline constexpr Rule kNoHex{"cchat.no_hex", Severity::Warning, "cchat 0.3, Key neogotiation",
                             "a number of the key exchange is hexadecimal"};

// --- in and out of the room -----------------------------------------------------------------------------------------

inline constexpr Rule kNotInRoom{"cchat.not_in_room", Severity::Warning, "cchat 0.3, Error",
                                 "the client is not in the chatroom"};
inline constexpr Rule kSecondJoin{"cchat.second_join", Severity::Warning, "cchat 0.3, Join",
                                  "the client has joined before, and has not left"};
inline constexpr Rule kNotRefused{"cchat.not_refused", Severity::Warning, "cchat 0.3, Error",
                                  "who is not in the chatroom is told so with error 0x5"};
inline constexpr Rule kUninvited{"cchat.uninvited", Severity::Warning, "cchat 0.3, Message",
                                 "the client is not in the chatroom that this comes from"};
inline constexpr Rule kWrongError{"cchat.wrong_error", Severity::Warning, "cchat 0.3, Error",
                                  "nothing is as this error says"};
inline constexpr Rule kAmbiguousCode{"cchat.ambiguous_code", Severity::Note, "cchat 0.3, Error",
                                     "the specification gives this code two meanings"};

// --- the key exchange -----------------------------------------------------------------------------------------------

inline constexpr Rule kDuringExchange{"cchat.during_exchange", Severity::Warning, "cchat 0.3, Key neogotiation",
                                      "the key is being negotiated: clients stop sending messages"};
inline constexpr Rule kUnaskedResult{"cchat.unasked_result", Severity::Warning, "cchat 0.3, Key neogotiation",
                                     "a result without an intermediate to compute it from"};
// Which number a result has is not said; all implementations repeat the intermediate's.
inline constexpr Rule kOtherRound{"cchat.other_round", Severity::Note, "cchat 0.3, Key neogotiation",
                                  "the result names another round than its intermediate"};
inline constexpr Rule kNegativeRound{"cchat.roundleft", Severity::Warning, "cchat 0.3, Key neogotiation",
                                     "fewer rounds than none are left"};
// Unless a new exchange has begun, which nothing tells.
inline constexpr Rule kRoundOrder{"cchat.round_order", Severity::Note, "cchat 0.3, Key neogotiation",
                                  "the rounds that are left do not go down one by one"};
inline constexpr Rule kNotBlank{"cchat.not_blank", Severity::Warning, "cchat 0.3, Key neogotiation",
                                "the intermediate must be blank when no round is left"};
inline constexpr Rule kBlank{"cchat.blank", Severity::Warning, "cchat 0.3, Key neogotiation",
                             "rounds are left: the client must return its result"};
inline constexpr Rule kNoPrime{"cchat.no_prime", Severity::Warning, "cchat 0.3, Key neogotiation",
                               "the client was not told the prime to compute with"};
inline constexpr Rule kOverPrime{"cchat.over_prime", Severity::Warning, "cchat 0.3, Key neogotiation",
                                 "a number modulo the prime is less than the prime"};

// Raised where requests and answers are paired. The specification does not say what is answered when: notes.
inline constexpr Rule kOrphanAnswer{"app.orphan_answer", Severity::Note, "cchat 0.3, Error",
                                    "this tells how a join or leave ended, and none was under way"};
inline constexpr Rule kAnsweredTwice{"app.answered_twice", Severity::Note, "cchat 0.3, Error",
                                     "an answer to a request that was answered before"};

inline constexpr const Rule* kAll[] = {
    &kNumericCode,   &kNoDetail,       &kObservedCode,  &kNotBase64,  &kTextFrame,     &kNoDigest,
    &kNoHex,         &kNotInRoom,      &kSecondJoin,    &kNotRefused, &kUninvited,     &kWrongError,
    &kAmbiguousCode, &kDuringExchange, &kUnaskedResult, &kOtherRound, &kNegativeRound, &kRoundOrder,
    &kNotBlank,      &kBlank,          &kNoPrime,       &kOverPrime,  &kOrphanAnswer,  &kAnsweredTwice};

}  // namespace overhear::cchat_rules
