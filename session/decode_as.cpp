#include "session/decode_as.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

#include "dissectors/registry.hpp"

namespace overhear {

std::expected<DecodeAs, std::string> parse_decode_as(std::string_view text) {
  constexpr std::string_view kSelector = "tcp.port==";
  if (!text.starts_with(kSelector)) {
    return std::unexpected(fmt::format("'{}' should read tcp.port==PORT,PROTOCOL", text));
  }
  const std::string_view rest = text.substr(kSelector.size());
  const std::size_t comma = rest.find(',');
  const std::string_view port_text = rest.substr(0, comma);
  unsigned port = 0;
  const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc() || end != port_text.data() + port_text.size() || port == 0 || port > 65535) {
    return std::unexpected(fmt::format("'{}' is no TCP port (1 to 65535)", port_text));
  }
  const std::string_view name = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  const Protocol* const protocol = find_protocol(name);
  if (protocol == nullptr) {
    std::string names;
    for (const Protocol* known : all_protocols()) names += fmt::format("{}{}", names.empty() ? "" : ", ", known->name);
    return std::unexpected(fmt::format("'{}' is no protocol that overhear knows: {}", name, names));
  }
  return DecodeAs{static_cast<std::uint16_t>(port), protocol};
}

}  // namespace overhear
