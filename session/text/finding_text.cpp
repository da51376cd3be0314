#include "session/text/finding_text.hpp"

#include <fmt/format.h>

namespace overhear {

std::string placed_text(std::string_view field, std::string_view text) {
  if (field.empty()) return std::string(text);
  const std::string_view name = field.substr(field.rfind('/') + 1);
  const bool is_named = !name.empty() && text.starts_with(name) && text.substr(name.size()).starts_with(' ');
  if (is_named) text.remove_prefix(name.size() + 1);
  return std::string(field) + ' ' + std::string(text);
}

std::string cited_text(const Finding& finding) {
  std::string text = placed_text(finding.field, finding.message());
  if (!finding.citation().empty()) text += fmt::format(" ({})", finding.citation());
  return text;
}

}  // namespace overhear
