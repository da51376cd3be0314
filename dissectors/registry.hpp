// All protocols that overhear knows. One line each.
#pragma once

#include <span>
#include <string_view>

#include "dissectors/protocol.hpp"

namespace overhear {

std::span<const Protocol* const> all_protocols();
// nullptr where there is none of that name.
const Protocol* find_protocol(std::string_view name);
// The protocol that is at home on a port; nullptr where there is none.
const Protocol* protocol_of_port(std::uint16_t port);
// What bytes belong to that no protocol claims.
const Protocol& data_protocol();

}  // namespace overhear
