// The values that a filter writes without quotes, as what they mean. Nothing where the text is none of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "session/filter/condition.hpp"

namespace overhear {

// "4096", "0x1000".
std::optional<std::int64_t> parse_filter_number(std::string_view text);
// "200ms", "1.5s", "2m"; ns, us (or µs), ms, s, m, h, and without a unit seconds. In nanoseconds.
std::optional<std::int64_t> parse_filter_duration(std::string_view text);
// "2026-11-20T12:00:00.25Z", "2026-11-20 13:00:00+01:00", "2026-11-20"; UTC where no zone is named. Since the epoch.
std::optional<std::int64_t> parse_filter_time(std::string_view text);
// "3.12".
std::optional<std::int64_t> parse_message_name(std::string_view text);
// "10.0.0.1", "10.0.0.1:3072", "10.0.0.0/8", "::1", "[::1]:3072", "fd00::/8".
std::optional<AddressBlock> parse_address_block(std::string_view text);

}  // namespace overhear
