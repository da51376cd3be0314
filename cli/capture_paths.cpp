#include "cli/capture_paths.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <utility>

namespace overhear {

std::optional<Error> check_captures(std::string_view command, const std::vector<std::string>& paths) {
  const auto wrong = [&](std::string_view path, std::string_view what) {
    return Error{ErrorKind::Usage, fmt::format("{}: {} is {}", command, path, what)};
  };
  if (std::ranges::count(paths, "") > 0) return wrong("an empty name", "no capture's");
  if (std::ranges::count(paths, "-") > 1) return wrong("standard input", "named twice");
  std::map<std::pair<dev_t, ino_t>, std::string_view> known;
  for (const std::string& path : paths) {
    struct stat status{};
    if (path == "-" || ::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    const auto [first, is_new] = known.try_emplace({status.st_dev, status.st_ino}, path);
    if (is_new) continue;
    if (first->second == path) return wrong(path, "named twice");
    return wrong(path, fmt::format("the same file as {}", first->second));
  }
  return std::nullopt;
}

std::string source_name(const std::vector<std::string>& paths) {
  std::string names;
  for (const std::string& path : paths) {
    if (!names.empty()) names += ", ";
    names += path.substr(path.rfind('/') + 1);
  }
  return names;
}

}  // namespace overhear
