// What an MCP session is held against beyond its messages' fields. The first three are seen by the encryption layer,
// those on files, rooms and heartbeats by the parts of the conformance that carry these names.
#pragma once

#include "base/finding.hpp"

namespace overhear::mcp::rules {

inline constexpr Rule kNoKey{"mcp.no_key", Severity::Warning, "MCP 2.1.0, Encryption",
                             "no key is known for this session: what follows the handshake stays encrypted"};
inline constexpr Rule kUndecodable{"mcp.undecodable", Severity::Error, "MCP 2.1.0, AES-256-CTR",
                                   "the key opens no package in these bytes"};
inline constexpr Rule kWeakKey{"mcp.weak_key", Severity::Warning, "MCP 2.1.0, Diffie-Hellman",
                               "a public key from which anybody can tell the secret"};

inline constexpr Rule kVersion{"mcp.version", Severity::Note, "MCP 2.1.0, Versions",
                               "the handshake names another version than 2.1.0"};
inline constexpr Rule kMissingId{"mcp.missing_id", Severity::Note, "MCP 2.1.0, IDs",
                                 "the type ends without the id that version 2.1.0 asks for"};

// --- handshake and login --------------------------------------------------------------------------------------------

inline constexpr Rule kBeforeHandshake{"mcp.before_handshake", Severity::Error, "MCP 2.1.0, Handshake",
                                       "a package before both sides have made their handshake"};
inline constexpr Rule kHandshakeOrder{"mcp.handshake_order", Severity::Warning, "MCP 2.1.0, Handshake",
                                      "the server makes its handshake before the client has"};
inline constexpr Rule kSecondHandshake{"mcp.second_handshake", Severity::Warning, "MCP 2.1.0, Handshake",
                                       "this side has made its handshake before"};
inline constexpr Rule kVersionMismatch{"mcp.version_mismatch", Severity::Warning, "MCP 2.1.0, Versions",
                                       "the two sides name different versions, and go on"};
inline constexpr Rule kClearText{"mcp.clear_text", Severity::Error, "MCP 2.1.0, Memo",
                                 "in clear behind the handshake: all but the public keys is encrypted"};
inline constexpr Rule kClearError{"mcp.clear_text", Severity::Note, "MCP 2.1.0, Memo",
                                  "in clear behind the handshake, as javacat sends this error"};
inline constexpr Rule kBeforeLogin{"mcp.before_login", Severity::Warning, "MCP 2.1.0, Authentication",
                                   "only a login may be sent before the server has accepted the client"};
// It says how to log in, and that the client may send any message then.
inline constexpr Rule kSecondLogin{"mcp.second_login", Severity::Note, "MCP 2.1.0, Authentication",
                                   "the server has accepted this client before"};

// --- ids and answers ------------------------------------------------------------------------------------------------

inline constexpr Rule kReusedId{"mcp.id_reused", Severity::Warning, "MCP 2.1.0, IDs",
                                "an id must be unique for each packet"};
inline constexpr Rule kUnexpectedId{"mcp.unexpected_id", Severity::Warning, "MCP 2.1.0, IDs",
                                    "Error.HeartbeatTimeout has no id"};
inline constexpr Rule kWithheldId{"mcp.withheld_id", Severity::Warning, "MCP 2.1.0, IDs",
                                  "DontHaveID stands for the id of what could not be parsed, which this package is not "
                                  "about"};
inline constexpr Rule kWrongAnswer{"mcp.wrong_answer", Severity::Warning, "MCP 2.1.0, Protocol",
                                   "no request like this is answered with such a package"};
// The specification names an error for some cases only.
inline constexpr Rule kUnfitError{"mcp.unfit_error", Severity::Note, "MCP 2.1.0, Types",
                                  "this error does not say what can be wrong with such a request"};
inline constexpr Rule kAmbiguousName{"mcp.ambiguous_name", Severity::Note, "MCP 2.1.0, Types",
                                     "the specification calls this by two names"};

// --- rooms ----------------------------------------------------------------------------------------------------------

inline constexpr Rule kNotInRoom{"mcp.not_in_room", Severity::Warning, "MCP 2.1.0, Rooms",
                                 "the client is not in this room"};
inline constexpr Rule kNotRefused{"mcp.not_refused", Severity::Warning, "MCP 2.1.0, Rooms",
                                  "the client is not in this room, which calls for Error.UserDontConnected"};
inline constexpr Rule kRefusedMember{"mcp.refused_member", Severity::Note, "MCP 2.1.0, Rooms",
                                     "the client was in the room, as far as its own session tells"};
inline constexpr Rule kForeignRoom{"mcp.foreign_room", Severity::Warning, "MCP 2.1.0, Memo",
                                   "a message of a room that the client is not in"};
inline constexpr Rule kOtherRoom{"mcp.other_room", Severity::Warning, "MCP 2.1.0, Rooms",
                                 "the answer tells of another room than the request"};

// --- images ---------------------------------------------------------------------------------------------------------

inline constexpr Rule kUnannouncedImage{"mcp.unannounced_image", Severity::Warning, "MCP 2.1.0, Types",
                                        "nothing has announced this image"};
// That parts come in order is nowhere said.
inline constexpr Rule kPartOrder{"mcp.part_order", Severity::Note, "MCP 2.1.0, File.ImageUploadPart",
                                 "the number of this part does not follow that of the part before"};
inline constexpr Rule kImageSize{"mcp.image_size", Severity::Warning, "MCP 2.1.0, File.RequestImageUpload",
                                 "the parts do not have the size that was declared"};
inline constexpr Rule kNotBase64{"mcp.not_base64", Severity::Warning, "MCP 2.1.0, File.ImageUploadPart",
                                 "the image part is no base64"};
// javacat's clients put a URL there.
inline constexpr Rule kImageReference{"mcp.image_reference", Severity::Note, "MCP 2.1.0, Message.CreateImageMessage",
                                      "an image on the server is named mcp_image:// and its id"};
// Which of the two counts is not said.
inline constexpr Rule kTwoImages{"mcp.two_images", Severity::Note, "MCP 2.1.0, Message.CreateImageMessage",
                                 "an image is named by its url or by its place on the server, not by both"};

// --- heartbeat ------------------------------------------------------------------------------------------------------

inline constexpr Rule kBadRate{"mcp.heartbeat_rate", Severity::Warning, "MCP 2.1.0, Authentication.Accepted",
                               "no heartbeat can come at this rate"};
inline constexpr Rule kOddRate{"mcp.heartbeat_rate", Severity::Note, "MCP 2.1.0, Authentication.Accepted",
                               "an odd rate: it is in milliseconds"};
inline constexpr Rule kLateHeartbeat{"mcp.late_heartbeat", Severity::Note, "MCP 2.1.0, Heartbeat",
                                     "this heartbeat is late"};
inline constexpr Rule kOverdueHeartbeat{"mcp.late_heartbeat", Severity::Warning, "MCP 2.1.0, Heartbeat",
                                        "this heartbeat comes when real servers have disconnected"};
inline constexpr Rule kNoHeartbeat{"mcp.no_heartbeat", Severity::Warning, "MCP 2.1.0, Heartbeat",
                                   "the client has not sent the heartbeats that it must send"};
inline constexpr Rule kEarlyTimeout{"mcp.early_timeout", Severity::Warning, "MCP 2.1.0, Heartbeat",
                                    "no heartbeat was due yet"};
inline constexpr Rule kAfterTimeout{"mcp.after_timeout", Severity::Warning, "MCP 2.1.0, Heartbeat",
                                    "Error.HeartbeatTimeout has ended the session"};
inline constexpr Rule kPingAnswered{"mcp.ping_answered", Severity::Warning, "MCP 2.1.0, Heartbeat",
                                    "the server does not respond to heartbeats"};

// Raised where requests and answers are paired.
inline constexpr Rule kOrphanAnswer{"app.orphan_answer", Severity::Warning, "MCP 2.1.0, IDs",
                                    "an answer to a request that was not made, or was answered before"};
inline constexpr Rule kAnsweredTwice{"app.answered_twice", Severity::Note, "MCP 2.1.0, IDs",
                                     "an answer to a request that was answered before, as javacat denies access and "
                                     "does what was asked for nevertheless"};

// Deviations of the public servers, in all that they send: notes, though the fact is the same as in any schema finding.
inline constexpr Rule kKnownDeviation{"app.schema", Severity::Note, "MCP 2.1.0, Objects",
                                      "a field differs in the way that real servers are known for"};

inline constexpr const Rule* kAll[] = {
    &kNoKey,           &kUndecodable,    &kWeakKey,         &kVersion,          &kMissingId,
    &kBeforeHandshake, &kHandshakeOrder, &kSecondHandshake, &kVersionMismatch,  &kClearText,
    &kClearError,      &kBeforeLogin,    &kSecondLogin,     &kReusedId,         &kUnexpectedId,
    &kWithheldId,      &kWrongAnswer,    &kUnfitError,      &kAmbiguousName,    &kNotInRoom,
    &kNotRefused,      &kRefusedMember,  &kForeignRoom,     &kOtherRoom,        &kUnannouncedImage,
    &kPartOrder,       &kImageSize,      &kNotBase64,       &kImageReference,   &kTwoImages,
    &kBadRate,         &kOddRate,        &kLateHeartbeat,   &kOverdueHeartbeat, &kNoHeartbeat,
    &kEarlyTimeout,    &kAfterTimeout,   &kPingAnswered,    &kOrphanAnswer,     &kAnsweredTwice,
    &kKnownDeviation};

}  // namespace overhear::mcp::rules
