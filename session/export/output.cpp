#include "session/export/output.hpp"

#include <unistd.h>

#include <cerrno>

namespace overhear {

Output::Output(int descriptor) : descriptor_(descriptor), buffer_(kCapacity) {}

void Output::flush() {
  std::string_view left = buffer_.view();
  while (!left.empty() && error_ == 0) {
    const ssize_t written = ::write(descriptor_, left.data(), left.size());
    if (written >= 0) {
      left.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
  if (buffer_.capacity() > 4 * kFlushAt) buffer_.shrink(kCapacity);
}

}  // namespace overhear
