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

inline constexpr const Rule* kAll[] = {&kFrameLimit, &kBatchTooDeep, &kBatchTooLong, &kBatchFindings};

}  // namespace overhear::ga_rules
