// Text inside XML 1.0, whatever bytes it is made of: what XML cannot hold at all (controls, U+FFFE, bytes that are no
// UTF-8) and what acts on a terminal stands there as \xNN or \uNNNN.
#pragma once

#include <string_view>

#include "session/export/text_buffer.hpp"

namespace overhear {

// For content and for attribute values in double quotes.
void append_xml_text(TextBuffer& out, std::string_view text);

}  // namespace overhear
