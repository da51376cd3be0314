// A temporary file without a name: others find no way in, and it is gone with the last who has it open.
#pragma once

#include <expected>
#include <string>

#include "base/error.hpp"

namespace overhear {

class HiddenFile {
 public:
  // In TMPDIR, or /var/tmp, where there is more room than in /tmp.
  static std::expected<HiddenFile, Error> make();
  HiddenFile(HiddenFile&& other) noexcept;
  HiddenFile& operator=(HiddenFile&& other) = delete;
  ~HiddenFile();

  int descriptor() const { return descriptor_; }
  // By which this process opens it.
  std::string path() const;
  // From its beginning; at most so many bytes.
  std::string read(std::size_t most) const;

 private:
  explicit HiddenFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace overhear
