// What RFC 6455 (WebSocket) and RFC 7692 (permessage-deflate) forbid and traffic can show.
#pragma once

#include "base/finding.hpp"

namespace overhear::ws_rules {

inline constexpr Rule kAccept{"ws.accept", Severity::Error, "RFC 6455, 4.2.2",
                              "Sec-WebSocket-Accept does not fit the client's Sec-WebSocket-Key"};
inline constexpr Rule kMask{"ws.mask", Severity::Warning, "RFC 6455, 5.1",
                            "a client must mask its frames and a server must not"};
inline constexpr Rule kReservedBits{"ws.reserved_bits", Severity::Error, "RFC 6455, 5.2",
                                    "a reserved bit is set and no extension was agreed that gives it a meaning"};
inline constexpr Rule kOpcode{"ws.opcode", Severity::Error, "RFC 6455, 5.2", "a reserved opcode"};
inline constexpr Rule kLengthForm{"ws.length_form", Severity::Warning, "RFC 6455, 5.2",
                                  "the length is not in its shortest form"};
inline constexpr Rule kBadLength{"ws.bad_length", Severity::Error, "RFC 6455, 5.2",
                                 "a frame length that cannot be: 2^48 or more"};
inline constexpr Rule kUtf8{"ws.utf8", Severity::Error, "RFC 6455, 8.1", "a text message that is not UTF-8"};
inline constexpr Rule kCloseCode{"ws.close_code", Severity::Warning, "RFC 6455, 7.4",
                                 "a close code that must not stand in a frame"};
inline constexpr Rule kClosePayload{"ws.close_payload", Severity::Warning, "RFC 6455, 5.5.1",
                                    "a close frame whose payload is no code with a UTF-8 reason"};
inline constexpr Rule kControlFrame{"ws.control_frame", Severity::Error, "RFC 6455, 5.5",
                                    "a control frame that is fragmented or over 125 bytes"};
inline constexpr Rule kFragmentation{"ws.fragmentation", Severity::Error, "RFC 6455, 5.4",
                                     "fragments that form no message"};
inline constexpr Rule kAfterClose{"ws.after_close", Severity::Warning, "RFC 6455, 5.5.1",
                                  "data behind this side's close frame"};
inline constexpr Rule kInflate{"ws.inflate", Severity::Error, "RFC 7692, 7.2.2",
                               "a compressed message that cannot be inflated"};
inline constexpr Rule kContextLost{"ws.inflate", Severity::Warning, "RFC 7692, 7.2.2",
                                   "compressed with a context that was not captured: cannot be read"};
inline constexpr Rule kExtensionAssumed{
    "ws.extension_assumed", Severity::Note, "RFC 7692, 5.1",
    "the server's answer was not seen: its messages show that permessage-deflate was agreed"};
inline constexpr Rule kLostSync{"ws.lost_sync", Severity::Error, "RFC 6455, 5.2",
                                "bytes that are no frames: the next message is looked for"};
inline constexpr Rule kInflateLimit{
    "ws.inflate_limit", Severity::Error, {}, "a compressed message that inflates to more than the limit"};

inline constexpr const Rule* kAll[] = {&kAccept,           &kMask,       &kReservedBits, &kOpcode,       &kLengthForm,
                                       &kBadLength,        &kUtf8,       &kCloseCode,    &kClosePayload, &kControlFrame,
                                       &kFragmentation,    &kAfterClose, &kInflate,      &kContextLost,  &kInflateLimit,
                                       &kExtensionAssumed, &kLostSync};

}  // namespace overhear::ws_rules
