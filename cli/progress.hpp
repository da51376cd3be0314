// A progress bar on standard error, for a large file that a person waits for.
#pragma once

#include <chrono>
#include <cstdint>

namespace overhear {

class Progress {
 public:
  // Shows nothing unless standard error is a terminal, standard output is not the same one, and the file is large.
  explicit Progress(std::uint64_t size);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(std::uint64_t done);

 private:
  std::uint64_t size_;
  bool is_shown_ = false;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point drawn_;
};

}  // namespace overhear
