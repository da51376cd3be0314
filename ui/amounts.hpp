// How the viewer tells amounts in little room.
#pragma once

#include <cstdint>
#include <string>

namespace overhear {

// "512 B", "1.4 MiB"
std::string bytes_text(std::uint64_t bytes);

}  // namespace overhear
