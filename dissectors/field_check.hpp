// Holds a message against its row of the table: required fields, types, listed values, unknown names. One pass over the
// members, nothing allocated unless there is something to report.
#pragma once

#include "dissectors/protocol.hpp"

namespace overhear {

// `object` is the node that the row describes: the root, or one action of a batch. Unknown names are reported as notes
// unless the row leaves them open (MessageType::fields_open).
void check_fields(const JsonIndex& json, const JsonNode& object, const MessageType& type, FindingList& findings);

}  // namespace overhear
