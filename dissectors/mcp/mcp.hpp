// MCP, the Miricat Chat Protocol: JSON packages "Major.Minor.ID" over TCP, encrypted behind a Diffie-Hellman handshake.
// This folder holds both the encryption (mcp_layer.hpp) and what the packages say.
#pragma once

#include "dissectors/protocol.hpp"

namespace overhear::mcp {

extern const Protocol kProtocol;

}  // namespace overhear::mcp
