// GradAgenda's chat protocol: JSON actions in WebSocket text frames, answers paired by the client's cdid, several
// actions in one batch.
#pragma once

#include "dissectors/protocol.hpp"

namespace overhear::gradagenda {

extern const Protocol kProtocol;

}  // namespace overhear::gradagenda
