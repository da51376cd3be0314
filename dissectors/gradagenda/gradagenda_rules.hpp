// What a GradAgenda action is held against beyond its fields' types.
#pragma once

#include <cstddef>

#include "base/finding.hpp"

namespace overhear::ga_rules {

inline constexpr std::size_t kFrameBytes = 4096;      // payload of one data frame
inline constexpr unsigned kBatchDepth = 16;           // batches inside batches that are unfolded
inline constexpr std::size_t kBatchActions = 10'000;  // of one message

// Raised by the WebSocket framing, which alone sees frames.
inline constexpr Rule kFrameLimit{"ga.frame_limit", Severity::Warning, "GradAgenda, 1",
                                  "the payload of a data frame is over 4 KB"};
inline constexpr Rule kBatchTooDeep{"ga.batch_depth", Severity::Note, "GradAgenda, 3.4",
                                    "batches inside 16 batches are not unfolded"};
inline constexpr Rule kBatchTooLong{"ga.batch_limit", Severity::Note, "GradAgenda, 3.4",
                                    "only the first 10,000 actions of a batch are looked into"};
inline constexpr Rule kBatchFindings{"ga.batch_findings", Severity::Note, "GradAgenda, 3.4",
                                     "so much is wrong with these actions that the rest was not checked"};

inline constexpr Rule kBinaryFrame{"ga.binary_frame", Severity::Warning, "GradAgenda, 1",
                                   "the payload has the type binary, not text"};
inline constexpr Rule kBeforeAuthentication{"ga.before_authentication", Severity::Warning, "GradAgenda, 2.1",
                                            "no other action is sent before a successful authentication"};
inline constexpr Rule kSecondAuthentication{"ga.second_authentication", Severity::Warning, "GradAgenda, 2.1",
                                            "no other authentication is sent behind a successful one"};
inline constexpr Rule kTimestamp{"ga.timestamp", Severity::Warning, "GradAgenda, 3.1",
                                 "a timestamp counts milliseconds since 1970"};

// About sessions of the chat.
inline constexpr Rule kDirectStatus{"ga.direct_status", Severity::Warning, "GradAgenda, 3.3.2",
                                    "the status of a direct session is always unchanged"};
inline constexpr Rule kDirectUsers{"ga.direct_users", Severity::Warning, "GradAgenda, 2.2",
                                   "a direct session is between two users"};
inline constexpr Rule kDirectId{"ga.direct_id", Severity::Warning, "GradAgenda, 3.3.2",
                                "the ID of the direct session of two users never changes"};
inline constexpr Rule kSessionType{"ga.session_type", Severity::Warning, "GradAgenda, 2.2",
                                   "this session had the other type before"};
inline constexpr Rule kSessionStatus{"ga.session_status", Severity::Warning, "GradAgenda, 3.3.2",
                                     "the session was told of before: it is not created now"};
// Whether all in a session are told of its changes is not said.
inline constexpr Rule kUntoldChange{"ga.untold_change", Severity::Note, "GradAgenda, 3.3.2",
                                    "the users are others than was told last"};
inline constexpr Rule kImmutable{"ga.immutable_session", Severity::Warning, "GradAgenda, 2.2",
                                 "a direct session is immutable"};
inline constexpr Rule kDeleted{"ga.deleted_session", Severity::Warning, "GradAgenda, 2.2", "the session was deleted"};

// About answers. That success is told by the info or broadcast alone is not said in so many words.
inline constexpr Rule kNeedlessResponse{"ga.needless_response", Severity::Note, "GradAgenda, 3.2",
                                        "a response is what failure is told by: success has an action of its own"};
inline constexpr Rule kChangedMessage{"ga.changed_message", Severity::Warning, "GradAgenda, 3.3.3",
                                      "the broadcast has another message than was sent"};

// The specification says that a batch has individual actions, and nothing more of these two.
inline constexpr Rule kEmptyBatch{"ga.empty_batch", Severity::Note, "GradAgenda, 3.4", "a batch without actions"};
inline constexpr Rule kNestedBatch{"ga.nested_batch", Severity::Note, "GradAgenda, 3.4",
                                   "a batch inside a batch is no individual action"};

inline constexpr const Rule* kAll[] = {
    &kFrameLimit,           &kBatchTooDeep, &kBatchTooLong, &kBatchFindings, &kBinaryFrame,      &kBeforeAuthentication,
    &kSecondAuthentication, &kTimestamp,    &kDirectStatus, &kDirectUsers,   &kDirectId,         &kSessionType,
    &kSessionStatus,        &kUntoldChange, &kImmutable,    &kDeleted,       &kNeedlessResponse, &kChangedMessage,
    &kEmptyBatch,           &kNestedBatch};

}  // namespace overhear::ga_rules
