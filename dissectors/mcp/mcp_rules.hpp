// What an MCP session is held against beyond its messages' fields. The first three are seen by the encryption layer.
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

// Raised where requests and answers are paired.
inline constexpr Rule kOrphanAnswer{"app.orphan_answer", Severity::Warning, "MCP 2.1.0, IDs",
                                    "an answer to a request that was not made, or was answered before"};
inline constexpr Rule kAnsweredTwice{"app.answered_twice", Severity::Note, "MCP 2.1.0, IDs",
                                     "an answer to a request that was answered before, as javacat denies access and "
                                     "does what was asked for nevertheless"};

// Deviations of the public servers, in all that they send: notes, though the fact is the same as in any schema finding.
inline constexpr Rule kKnownDeviation{"app.schema", Severity::Note, "MCP 2.1.0, Objects",
                                      "a field differs in the way that real servers are known for"};

inline constexpr const Rule* kAll[] = {&kNoKey,     &kUndecodable,  &kWeakKey,       &kVersion,
                                       &kMissingId, &kOrphanAnswer, &kAnsweredTwice, &kKnownDeviation};

}  // namespace overhear::mcp::rules
