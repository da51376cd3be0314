#include "session/check/code_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/nearest.hpp"
#include "session/rules.hpp"

namespace overhear {
namespace {

// "tcp.gap" is of the layer "tcp.".
std::string_view layer_of(std::string_view code) {
  return code.substr(0, code.find('.') + 1);
}

std::string wrong_code(std::string_view text, std::span<const std::string_view> known, std::string_view ending) {
  const std::string wrong = fmt::format("there is no finding {}{}", text, ending);
  const std::string_view meant = nearest(text, known);
  if (!meant.empty()) return fmt::format("{}; did you mean {}{}?", wrong, meant, ending);
  return wrong + " ('overhear protocols --rules' lists them)";
}

}  // namespace

std::optional<std::string> CodeList::add(std::string_view text) {
  const auto codes = finding_codes();
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view one = text.substr(0, comma);
    if (one.ends_with('*')) {
      std::vector<std::string_view> layers;
      for (const std::string_view code : codes) layers.push_back(layer_of(code));
      const std::string_view layer = one.substr(0, one.size() - 1);
      if (std::ranges::find(layers, layer) == layers.end()) return wrong_code(layer, layers, "*");
      layers_.emplace_back(layer);
    } else {
      if (!std::ranges::binary_search(codes, one)) return wrong_code(one, codes, "");
      codes_.emplace_back(one);
    }
    if (comma == std::string_view::npos) return std::nullopt;
    text.remove_prefix(comma + 1);
  }
}

bool CodeList::contains(std::string_view code) const {
  const auto is_of_layer = [code](const std::string& layer) { return code.starts_with(layer); };
  return std::ranges::find(codes_, code) != codes_.end() || std::ranges::any_of(layers_, is_of_layer);
}

}  // namespace overhear
