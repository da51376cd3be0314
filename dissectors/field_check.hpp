// Holds a message against its row of the table: required fields, types, listed values, unknown names. One pass over the
// members, nothing allocated unless there is something to report.
#pragma once

#include "dissectors/protocol.hpp"

namespace overhear {

// `object` is the node that the row describes: the root, or one action of a batch. Unknown names are reported as notes
// unless the row leaves them open (MessageType::fields_open).
void check_fields(const JsonIndex& json, const JsonNode& object, const MessageType& type, FindingList& findings);

// The message's type is none that the specification names; `field` is where the type stands.
void note_unknown_type(FindingList& findings, std::string_view section, std::string_view field,
                       std::string_view text = {});

}  // namespace overhear
