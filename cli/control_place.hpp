// Which running proxy is meant: by port, by path, or the only one that there is.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "base/error.hpp"

namespace overhear {

// `named`: a port, which means ~/.overhear/control/PORT.sock; any other path; empty: the only socket in that folder
// behind which a proxy is.
std::expected<std::filesystem::path, Error> find_control(const std::string& named);

}  // namespace overhear
