#include "ui/views/row_colors.hpp"

#include "ui/theme.hpp"

namespace overhear {

std::optional<ImVec4> back_of(const Row& row, const Mark* mark) {
  if (mark != nullptr && mark->is_marked) return palette().mark_back;
  if (row.findings > 0 && row.severity == Severity::Error) return palette().error_back;
  if (row.findings > 0 && row.severity == Severity::Warning) return palette().warning_back;
  return std::nullopt;
}

}  // namespace overhear
