#include "ui/picture.hpp"

#include <fmt/format.h>
#include <png.h>

namespace overhear {

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
