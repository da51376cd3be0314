#include "base/file_watch.hpp"

#include <sys/stat.h>

namespace overhear {

FileWatch::FileWatch(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) files_.push_back({path, {}});
}

std::vector<std::string> FileWatch::changed() {
  std::vector<std::string> paths;
  for (File& file : files_) {
    struct stat status{};
    if (::stat(file.path.c_str(), &status) != 0) continue;
    const State now{status.st_dev, status.st_ino, status.st_size,
                    status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
    if (now == file.state) continue;
    file.state = now;
    paths.push_back(file.path);
  }
  return paths;
}

}  // namespace overhear
