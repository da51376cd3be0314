// Pictures as PNG files, by libpng.
#pragma once

#include <expected>
#include <string>

#include "base/error.hpp"
#include "ui/window.hpp"

namespace overhear {

// A part of it, as far as there is one.
Pixels cropped(const Pixels& pixels, int left, int top, int width, int height);

std::expected<void, Error> write_png(const std::string& path, const Pixels& pixels);

}  // namespace overhear
