// Which colors a row has wherever it stands: that of a finding on it, else its protocol's.
#pragma once

#include <imgui.h>

#include <optional>

#include "session/store/row.hpp"
#include "ui/model/marks.hpp"

namespace overhear {

// Behind the row. Nothing: the pane's own. `mark`: null where it has none.
std::optional<ImVec4> back_of(const Row& row, const Mark* mark);

}  // namespace overhear
