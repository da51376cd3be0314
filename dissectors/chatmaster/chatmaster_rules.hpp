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

// The connection process.
inline constexpr std::string_view kProcess = "ChatMaster 3000, The connection process";
inline constexpr Rule kNoLoginRequest{"chatmaster.no_login_request", Severity::Warning, kProcess,
                                      "the server must begin with a request to log in"};
inline constexpr Rule kUnaskedLogin{"chatmaster.unasked_login", Severity::Warning, kProcess,
                                    "the client logs in before the server has asked it to"};
inline constexpr Rule kBeforeLogin{"chatmaster.before_login", Severity::Warning, kProcess,
                                   "the client must log in first"};
inline constexpr Rule kSentBeforeLogin{"chatmaster.before_login", Severity::Warning, kProcess,
                                       "the server sends this to a client that it has not let in"};
inline constexpr Rule kSecondLogin{"chatmaster.second_login", Severity::Warning, kProcess,
                                   "the client is logged in already"};
inline constexpr Rule kAfterRefusal{"chatmaster.after_refusal", Severity::Note, kProcess,
                                    "the login was refused, and the conversation goes on; real servers let it"};

// Who is sent what.
inline constexpr Rule kEcho{"chatmaster.echo", Severity::Warning, "ChatMaster 3000, The Server",
                            "a message is not sent back to who said it"};
inline constexpr Rule kOtherName{"chatmaster.other_name", Severity::Warning, "ChatMaster 3000, Message",
                                 "the message names another user than the one who is logged in"};

inline constexpr const Rule* kAll[] = {
    &kNoUsername,      &kNestedParameters, &kUnnamedUser,  &kNoLoginRequest, &kUnaskedLogin, &kBeforeLogin,
    &kSentBeforeLogin, &kSecondLogin,      &kAfterRefusal, &kEcho,           &kOtherName};

}  // namespace overhear::chatmaster_rules
