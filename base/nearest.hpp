// What somebody may have meant who mistyped a word.
#pragma once

#include <span>
#include <string_view>

namespace overhear {

// The candidate that takes the fewest letters put in, left out, changed or swapped with their neighbour; empty where
// even that is more than a third of its letters.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace overhear
