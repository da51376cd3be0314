// SCRP, the Stupid Chat Room Protocol: numbered requests and responses, and pushes, as JSON behind a length prefix.
#pragma once

#include "dissectors/protocol.hpp"

namespace overhear::scrp {

extern const Protocol kProtocol;

}  // namespace overhear::scrp
