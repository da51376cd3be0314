// Files that others write meanwhile: says which have changed since the last time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace overhear {

class FileWatch {
 public:
  // Files that are not there yet are waited for.
  explicit FileWatch(const std::vector<std::string>& paths);

  // Those that are there and differ from what they were at the call before; all of them at the first call.
  std::vector<std::string> changed();

 private:
  struct State {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = -1;
    std::int64_t modified_ns = 0;

    friend bool operator==(const State&, const State&) = default;
  };
  struct File {
    std::string path;
    State state;
  };

  std::vector<File> files_;
};

}  // namespace overhear
