// Pictures as PNG files, by libpng.
#pragma once

#include <expected>
#include <string>

#include "base/error.hpp"
#include "ui/window.hpp"

namespace overhear {

std::expected<void, Error> write_png(const std::string& path, const Pixels& pixels);

}  // namespace overhear
