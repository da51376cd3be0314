#include "ui/views/row_moves.hpp"

#include <algorithm>
#include <cstdlib>

namespace overhear {

void move_selection(const ViewContext& context, ViewState& state, std::ptrdiff_t by, std::size_t top) {
  if (context.rows.size() == 0) return;
  const std::size_t at = state.selected ? context.rows.place_of(*state.selected) : SIZE_MAX;
  const auto first = static_cast<std::ptrdiff_t>(top);
  // Where nothing is selected in sight, the first step is to what is.
  const std::ptrdiff_t to = at != SIZE_MAX      ? static_cast<std::ptrdiff_t>(at) + by
                            : std::abs(by) == 1 ? first
                                                : first + by;
  const auto last = static_cast<std::ptrdiff_t>(context.rows.size() - 1);
  state.selected = context.rows[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(to, 0, last))];
  state.must_show_selected = true;
  state.is_tail_followed = false;
}

}  // namespace overhear
