// The codes that a check passes over: "tcp.gap", or all of a layer: "tcp.*".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace overhear {

class CodeList {
 public:
  // Adds a list with commas. What is wrong where a part names no code that there is, with what may have been meant.
  std::optional<std::string> add(std::string_view text);

  bool contains(std::string_view code) const;

 private:
  std::vector<std::string> codes_;
  std::vector<std::string> layers_;  // "tcp."
};

}  // namespace overhear
