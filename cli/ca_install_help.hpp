// How programs come to trust the proxy's certificate authority, as text for people.
#pragma once

#include <string>

namespace overhear {

// `pem` and `cer` are the paths of its certificate. No line but that of a path is longer than 80 columns; the commands
// can be copied into a shell, whatever the path has in it.
std::string ca_install_help(const std::string& pem, const std::string& cer);

}  // namespace overhear
