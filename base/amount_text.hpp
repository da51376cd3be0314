// How sentences tell amounts: so many of a thing, and durations to the third place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace overhear {

// "1 message", "3 messages".
std::string counted(std::uint64_t count, std::string_view thing);
// "200ms", "1.532s", "750.25µs", "12ns": what is beyond three places is cut.
std::string exact_duration(std::int64_t ns);

}  // namespace overhear
