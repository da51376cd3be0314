// What is said over a control socket (docs/control.md), as lines of JSON without their ends: events, and commands with
// their answers. Sans-I/O.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "dissectors/json/json_index.hpp"
#include "proxy/interception.hpp"

namespace overhear {

std::string hello_line(const Interception& interception, const std::vector<std::string>& listening);
std::string held_line(std::uint64_t hold, const HeldMessage& message);
std::string released_line(std::uint64_t hold, ReleasedHow how);
std::string filter_line(std::string_view filter);

// Has done what a line asks for.
class ControlCommands {
 public:
  // `interception` outlives this.
  ControlCommands(Interception& interception, const Limits& limits);

  // Whatever stands in the line; the answer to it.
  std::string run(std::string_view line);

 private:
  // Members of the answer, each with a comma in front; or why there is nothing of it, for people.
  using Result = std::expected<std::string, std::string>;
  using Held = std::map<std::uint64_t, HeldMessage>::value_type;

  Result run();
  Result forward();
  Result edit();
  Result drop();
  Result send();
  Result check() const;
  Result set_filter();
  Result list_sessions() const;
  Result decide(const Decision& decision, std::uint32_t session = 0);
  std::expected<const Held*, std::string> held() const;
  std::expected<std::string, std::string> text() const;
  std::optional<std::uint64_t> number(std::string_view name) const;
  std::optional<std::string> string(std::string_view name) const;

  Interception& interception_;
  Limits limits_;
  JsonIndex command_;
};

}  // namespace overhear
