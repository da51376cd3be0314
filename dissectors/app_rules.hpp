// What every protocol's messages are held against.
#pragma once

#include "base/finding.hpp"

namespace overhear::app_rules {

// A missing field or one of the wrong type. The finding cites the message's own section.
inline constexpr Rule kSchema{"app.schema", Severity::Warning, {}, "a field is missing or has the wrong type"};
inline constexpr Rule kUnknownField{
    "app.unknown_field", Severity::Note, {}, "a field that the specification does not name"};
inline constexpr Rule kUnknownType{
    "app.unknown_type", Severity::Note, {}, "a message type that the specification does not name"};
inline constexpr Rule kUnknownValue{
    "app.unknown_value", Severity::Warning, {}, "a value that the specification does not list"};
inline constexpr Rule kNotObject{"app.not_object", Severity::Warning, {}, "the message is JSON but no object"};
inline constexpr Rule kPartial{"app.partial", Severity::Warning, {}, "a part of a message: the rest was not captured"};
inline constexpr Rule kSkipped{
    "app.skipped", Severity::Warning, {}, "bytes that belong to no message were passed over"};
inline constexpr Rule kMessageLimit{"app.message_limit", Severity::Error, {}, "a message over the limit was cut"};
inline constexpr Rule kMemoryLimit{
    "app.memory_limit", Severity::Error, {}, "so much waits in all sessions that this unfinished message was given up"};
inline constexpr Rule kWrongSender{"app.wrong_sender", Severity::Warning, {}, "this side must not send this message"};

// About exchanges. The finding cites the section of the request, or of the answer that has none.
inline constexpr Rule kUnanswered{"app.unanswered", Severity::Warning, {}, "this request was never answered"};
// Where no specification promises an answer, or the client did not wait for it.
inline constexpr Rule kUnansweredNote{"app.unanswered", Severity::Note, {}, "this request was never answered"};
inline constexpr Rule kAnsweredTwice{
    "app.answered_twice", Severity::Warning, {}, "an answer to a request that was answered before"};
inline constexpr Rule kOrphanAnswer{
    "app.orphan_answer", Severity::Warning, {}, "an answer to a request that was not made, or was answered before"};
inline constexpr Rule kWaitingLimit{
    "app.waiting_limit", Severity::Note, {}, "so many requests wait for their answer that the oldest are forgotten"};

inline constexpr const Rule* kAll[] = {&kSchema,     &kUnknownField,   &kUnknownType,   &kUnknownValue, &kNotObject,
                                       &kPartial,    &kSkipped,        &kMessageLimit,  &kMemoryLimit,  &kWrongSender,
                                       &kUnanswered, &kUnansweredNote, &kAnsweredTwice, &kOrphanAnswer, &kWaitingLimit};

}  // namespace overhear::app_rules
