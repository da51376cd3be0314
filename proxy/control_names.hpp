// What a proxy and who looks for its control socket have to agree on (docs/control.md).
#pragma once

#include <string_view>

namespace overhear {

inline constexpr std::string_view kControlSchema = "overhear-control/1";

// Where no path is given, the socket is FOLDER/PORT.sock in the user's own directory.
inline constexpr std::string_view kControlFolder = "control";
inline constexpr std::string_view kControlEnding = ".sock";

}  // namespace overhear
