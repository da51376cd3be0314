// The rights that opening an interface takes.
#pragma once

#include <expected>

#include "base/error.hpp"

namespace overhear {

// Gives up all capabilities (not the user id), for good. To be called once the interface is open, before anything that
// strangers sent is looked at.
[[nodiscard]] std::expected<void, Error> drop_capabilities();

}  // namespace overhear
