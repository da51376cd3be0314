#include "ui/picture.hpp"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>

namespace overhear {

Pixels cropped(const Pixels& pixels, int left, int top, int width, int height) {
  Pixels part;
  left = std::clamp(left, 0, pixels.width);
  top = std::clamp(top, 0, pixels.height);
  part.width = std::clamp(width, 0, pixels.width - left);
  part.height = std::clamp(height, 0, pixels.height - top);
  for (int row = top; row < top + part.height; ++row) {
    const auto* const from =
        pixels.rgb.data() +
        (static_cast<std::size_t>(row) * static_cast<std::size_t>(pixels.width) + static_cast<std::size_t>(left)) * 3;
    part.rgb.insert(part.rgb.end(), from, from + static_cast<std::size_t>(part.width) * 3);
  }
  return part;
}

std::expected<void, Error> write_png(const std::string& path, const Pixels& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(pixels.width);
  image.height = static_cast<png_uint_32>(pixels.height);
  image.format = PNG_FORMAT_RGB;
  if (png_image_write_to_file(&image, path.c_str(), 0, pixels.rgb.data(), 0, nullptr) != 0) return {};
  return std::unexpected(Error{ErrorKind::Environment, fmt::format("{}: {}", path, image.message)});
}

}  // namespace overhear
