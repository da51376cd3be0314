// How many columns a terminal gives to a character.
#pragma once

#include <cstddef>

namespace overhear {

// 0 for marks that stand on the character before (Unicode's Mn and Me, and the joiners), 2 for what is wide in East
// Asia (UAX 11), 1 else. A table of ours, not wcwidth(): the same in every locale.
std::size_t character_width(char32_t character);

}  // namespace overhear
