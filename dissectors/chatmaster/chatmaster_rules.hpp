// What a ChatMaster message is held against beyond its fields' types.
#pragma once

#include "base/finding.hpp"

namespace overhear::chatmaster_rules {

// What the public server and client do in all that they send: notes.
inline constexpr Rule kNoUsername{"app.schema", Severity::Note, "ChatMaster 3000, Message",
                                  "username is missing; real clients leave it to the server"};
inline constexpr Rule kNestedParameters{"chatmaster.nested_parameters", Severity::Note, "ChatMaster 3000, Notification",
                                        "the event's fields stand under parameters, as real servers send them"};
inline constexpr Rule kUnnamedUser{"chatmaster.unnamed_user", Severity::Note, "ChatMaster 3000, The Server",
                                   "a user without a name: the server let a refused login go on"};

inline constexpr const Rule* kAll[] = {&kNoUsername, &kNestedParameters, &kUnnamedUser};

}  // namespace overhear::chatmaster_rules
