// Members of what another program says in JSON, which may lack them or have them as something else.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace overhear {

// Empty where there is no string of that name.
inline std::string string_member(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// 0 where there is no number of that name, or a negative one.
inline std::uint64_t number_member(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

}  // namespace overhear
