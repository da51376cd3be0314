// Names of link types, for people.
#pragma once

#include <string>

namespace overhear {

// "147 (USER0)"; the bare number where nobody has named it.
std::string link_type_name(int link_type);

}  // namespace overhear
