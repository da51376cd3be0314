#include "capture/privileges.hpp"

#include <fmt/format.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace overhear {

std::expected<void, Error> drop_capabilities() {
  const std::unique_ptr<void, int (*)(void*)> none(cap_init(), cap_free);
  const bool is_done = none != nullptr && cap_set_proc(static_cast<cap_t>(none.get())) == 0 &&
                       ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  if (is_done) return {};
  return std::unexpected(
      Error{ErrorKind::Environment, fmt::format("cannot drop capabilities: {}", std::strerror(errno))});
}

}  // namespace overhear
