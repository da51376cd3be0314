// Numbers as short texts and as bars, for tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace overhear {

// "12ns", "412µs", "5.4ms", "54ms", "1.2s", "120s".
std::string short_duration(std::int64_t ns);
// "61 B", "1.5 kB", "640 MB": thousands, not 1024s.
std::string short_bytes(std::uint64_t bytes);
// "61", "1.5k", "640M".
std::string short_count(std::int64_t count);

// A bar of eighths of columns, `width` columns where `value` is `most`. What is more than nothing is seen.
std::string bar(std::uint64_t value, std::uint64_t most, std::size_t width);
// A column for each value, as high as its part of the greatest; a space for nothing.
std::string bar_row(std::span<const std::uint64_t> values);

}  // namespace overhear
