#include "session/filter/filter_literal.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>

#include "base/time.hpp"
#include "session/filter/field_values.hpp"

namespace overhear {
namespace {

constexpr std::size_t kNanosecondDigits = 9;

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr Unit kUnits[] = {{"", kSecond},          {"ns", 1},      {"us", 1000},        {"µs", 1000},
                           {"ms", kSecond / 1000}, {"s", kSecond}, {"m", 60 * kSecond}, {"h", 3600 * kSecond}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// All of the text.
template <typename Integer>
std::optional<Integer> digits(std::string_view text, int base = 10) {
  Integer value = 0;
  if (text.empty() || text.front() == '-') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// What stands behind the decimal point, in billionths.
std::optional<std::int64_t> billionths(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::string nine(text.substr(0, kNanosecondDigits));
  nine.resize(kNanosecondDigits, '0');
  return digits<std::int64_t>(nine);
}

// Takes what the text begins with, up to `end` or its end, and the separator with it.
std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::size_t at = std::min(text.find_first_of(ends), text.size());
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

// "HH:MM" as seconds.
std::optional<std::int64_t> hours_and_minutes(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = digits<unsigned>(text.substr(0, 2));
  const auto minutes = digits<unsigned>(text.substr(3));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return std::int64_t{*hours} * 3600 + std::int64_t{*minutes} * 60;
}

// Takes the zone off the end: how far it is ahead of UTC, in seconds.
std::optional<std::int64_t> take_zone(std::string_view& text) {
  if (text.ends_with('Z')) {
    text.remove_suffix(1);
    return 0;
  }
  const std::size_t sign = text.find_first_of("+-");
  if (sign == std::string_view::npos) return 0;
  const auto ahead = hours_and_minutes(text.substr(sign + 1));
  const bool is_behind = text[sign] == '-';
  text = text.substr(0, sign);
  if (!ahead) return std::nullopt;
  return is_behind ? -*ahead : *ahead;
}

// "12:00:00.25" as nanoseconds since midnight.
std::optional<std::int64_t> time_of_day(std::string_view text) {
  const auto minutes = hours_and_minutes(text.substr(0, 5));
  if (!minutes) return std::nullopt;
  text.remove_prefix(5);
  if (text.empty()) return *minutes * kSecond;
  if (text.front() != ':' || text.size() < 3) return std::nullopt;
  const auto seconds = digits<unsigned>(text.substr(1, 2));
  if (!seconds || *seconds > 60) return std::nullopt;
  text.remove_prefix(3);
  std::int64_t fraction = 0;
  if (!text.empty()) {
    const auto parsed = text.front() == '.' ? billionths(text.substr(1)) : std::nullopt;
    if (!parsed) return std::nullopt;
    fraction = *parsed;
  }
  return (*minutes + *seconds) * kSecond + fraction;
}

// "2026-11-20" as seconds since the epoch. Years that nanoseconds in 64 bits reach.
std::optional<std::int64_t> date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits<unsigned>(text.substr(0, 4));
  const auto month = digits<unsigned>(text.substr(5, 2));
  const auto day = digits<unsigned>(text.substr(8));
  if (!year || !month || !day || *year < 1678 || *year > 2261) return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                        std::chrono::day(*day)};
  if (!ymd.ok()) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::sys_days(ymd)).time_since_epoch().count();
}

std::optional<Address> parse_address(std::string_view text) {
  Address address;
  const std::string terminated(text);
  address.is_v6 = text.contains(':');
  if (inet_pton(address.is_v6 ? AF_INET6 : AF_INET, terminated.c_str(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

}  // namespace

std::optional<std::int64_t> parse_filter_number(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) return digits<std::int64_t>(text.substr(2), 16);
  return digits<std::int64_t>(text);
}

std::optional<std::int64_t> parse_filter_duration(std::string_view text) {
  const std::size_t length = std::min(text.find_first_not_of("0123456789."), text.size());
  std::string_view number = text.substr(0, length);
  const std::string_view unit_name = text.substr(length);
  const auto* const unit = std::ranges::find(kUnits, unit_name, &Unit::name);
  if (unit == std::end(kUnits)) return std::nullopt;
  const bool has_point = number.contains('.');
  const auto whole = digits<std::int64_t>(take_until(number, "."));
  const auto fraction = has_point ? billionths(number) : std::optional<std::int64_t>(0);
  std::int64_t nanoseconds = 0;
  if (!whole || !fraction || __builtin_mul_overflow(*whole, unit->nanoseconds, &nanoseconds)) return std::nullopt;
  const std::int64_t part = unit->nanoseconds >= kSecond ? *fraction * (unit->nanoseconds / kSecond)
                                                         : *fraction / (kSecond / unit->nanoseconds);
  if (__builtin_add_overflow(nanoseconds, part, &nanoseconds)) return std::nullopt;
  return nanoseconds;
}

std::optional<std::int64_t> parse_filter_time(std::string_view text) {
  const auto day = date(text.substr(0, 10));
  if (!day) return std::nullopt;
  text.remove_prefix(10);
  if (text.empty()) return *day * kSecond;
  if (text.front() != 'T' && text.front() != ' ') return std::nullopt;
  text.remove_prefix(1);
  const auto ahead = take_zone(text);
  const auto since_midnight = time_of_day(text);
  if (!ahead || !since_midnight) return std::nullopt;
  return (*day - *ahead) * kSecond + *since_midnight;
}

std::optional<std::int64_t> parse_message_name(std::string_view text) {
  const auto session = digits<std::uint32_t>(take_until(text, "."));
  const auto number = digits<std::uint32_t>(text);
  if (!session || !number) return std::nullopt;
  return message_name(*session, *number);
}

std::optional<AddressBlock> parse_address_block(std::string_view text) {
  AddressBlock block;
  std::string_view host = text;
  if (text.starts_with('[')) {
    if (!text.contains(']')) return std::nullopt;
    text.remove_prefix(1);
    host = take_until(text, "]");
    if (!host.contains(':')) return std::nullopt;  // brackets are IPv6's
    if (!text.empty()) {
      block.port = text.front() == ':' ? digits<std::uint16_t>(text.substr(1)) : std::nullopt;
      if (!block.port) return std::nullopt;
    }
  } else if (std::ranges::count(text, ':') == 1) {
    host = take_until(text, ":");
    block.port = digits<std::uint16_t>(text);
    if (!block.port) return std::nullopt;
  }
  const bool has_prefix = host.contains('/');
  const auto address = parse_address(take_until(host, "/"));
  if (!address || (has_prefix && block.port)) return std::nullopt;
  block.address = *address;
  const unsigned whole = address->is_v6 ? 128 : 32;
  const auto bits = has_prefix ? digits<unsigned>(host) : std::optional(whole);
  if (!bits || *bits > whole) return std::nullopt;
  block.prefix_bits = *bits;
  return block;
}

}  // namespace overhear
