#include "base/nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace overhear {
namespace {

// Damerau and Levenshtein's, of neighbours that are swapped at most once. REQUIRES: `b` is short.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      std::size_t& here = rows[i][j];
      if (i == 0 || j == 0) {
        here = i + j;
        continue;
      }
      const std::size_t changed = a[i - 1] == b[j - 1] ? 0 : 1;
      here = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + changed});
      const bool is_swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swapped) here = std::min(here, rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.size()][b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t least = 0;
  for (const std::string_view candidate : candidates) {
    if (word.size() > 2 * candidate.size()) continue;
    const std::size_t steps = distance(word, candidate);
    if (3 * steps > candidate.size() || (!best.empty() && steps >= least)) continue;
    best = candidate;
    least = steps;
  }
  return best;
}

}  // namespace overhear
