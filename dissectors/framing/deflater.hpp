// zlib's deflate of a text that is there as a whole: what the inflater reads. Needs memory of its own only meanwhile.
#pragma once

#include <string>
#include <string_view>

namespace overhear {

// Appends a zlib stream of its own (RFC 1950).
void append_zlib_package(std::string_view text, std::string& out);

// Appends the payload of a message under permessage-deflate (RFC 7692, 7.2.1). It refers to nothing, neither in itself
// nor in what went before: whoever agreed to any window, with or without context takeover, can read it.
void append_deflated_message(std::string_view text, std::string& out);

}  // namespace overhear
