// cchat: JSON in WebSocket frames, a room per SHA-1, a key agreed over the server. No message has an id.
#pragma once

#include "dissectors/protocol.hpp"

namespace overhear::cchat {

extern const Protocol kProtocol;

}  // namespace overhear::cchat
