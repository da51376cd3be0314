// The line between two panes, to be dragged.
#pragma once

namespace overhear {

// At the cursor, `length` long. Changes `size`, that of the pane before it, and keeps it from `least` to `most`.
void splitter(const char* id, bool is_vertical, float length, float& size, float least, float most);

inline constexpr float kSplitterWidth = 5;

}  // namespace overhear
