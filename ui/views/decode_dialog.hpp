// Which protocol a server's port speaks, where that was not found out (Wireshark's Decode As).
#pragma once

#include "ui/views/context.hpp"

namespace overhear {

// Draws nothing where it is not open.
void draw_decode_dialog(const ViewContext& context, ViewState& state);

}  // namespace overhear
