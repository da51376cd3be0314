// How keys move the selection among the rows that are shown.
#pragma once

#include "ui/views/context.hpp"

namespace overhear {

// By so many rows, and not beyond an end. `top`: where to begin if nothing that is selected is shown.
void move_selection(const ViewContext& context, ViewState& state, std::ptrdiff_t by, std::size_t top);

}  // namespace overhear
