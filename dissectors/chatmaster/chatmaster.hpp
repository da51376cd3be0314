// ChatMaster 3000: JSON objects back to back on TCP. The type shown is composed of the package type and what its data
// name: "command/login", "notification/user_joined". No message has an id.
#pragma once

#include "dissectors/protocol.hpp"

namespace overhear::chatmaster {

extern const Protocol kProtocol;

}  // namespace overhear::chatmaster
