// What is wrong with -Y or -e, shown where it is: the filter, and below it a caret with what is the matter.
//
//   overhear: -Y: protocl == mcp
//                 ^ there is no field protocl; did you mean protocol?
#pragma once

#include <string>
#include <string_view>

#include "session/filter/filter_error.hpp"

namespace overhear {

// Both lines for the option, safe for a terminal. Of a long filter what stands around the place.
std::string point_at(std::string_view option, std::string_view filter, const FilterError& error);
// Prints it. The exit status.
int print_filter_error(std::string_view option, std::string_view filter, const FilterError& error);

}  // namespace overhear
