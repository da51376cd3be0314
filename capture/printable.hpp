// Text that came from outside (a file's name, its first bytes) made fit for one line on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace overhear {

// Control characters, bidi controls and bytes that are no UTF-8 become \xNN; a backslash stays one.
std::string printable(std::string_view text);

}  // namespace overhear
