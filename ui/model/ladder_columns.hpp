// Which columns a ladder has for the sessions whose rows are in sight, and where they stand. A ladder of the command
// line grows downwards and gives lanes to sessions as they open (session/ladder); this one is looked at anywhere, in
// any order and filtered, so that a session has a column as long as a row of it is in sight. Where it has one, it keeps
// it: nothing jumps while rows pass. Those for whom no column is left share the last one. Knows no glyph or color.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace overhear {

class LadderColumns {
 public:
  void restart() { columns_.clear(); }
  // From here on these are in sight, in the order of their rows (some may be named more than once), and so many columns
  // may be had. REQUIRES: most > 0.
  void show(std::span<const std::uint32_t> names, std::size_t most);

  // By column, those whom it belongs to: none, if it is left free for the next; several, if it is shared.
  const std::vector<std::vector<std::uint32_t>>& columns() const { return columns_; }
  // SIZE_MAX: not in sight.
  std::size_t column_of(std::uint32_t name) const;

 private:
  std::vector<std::vector<std::uint32_t>> columns_;
};

// Where columns stand, in the unit of `letter` and `width`: clients from the left, servers up to the right edge, and
// what is said in the gap between, so that all of it begins in one place.
struct LadderGeometry {
  float first_client = 0;  // middle of a column
  float client_step = 0;
  float text_left = 0;
  float text_right = 0;
  float last_server = 0;
  float server_step = 0;
  std::size_t servers = 1;

  float client(std::size_t column) const { return first_client + static_cast<float>(column) * client_step; }
  float server(std::size_t column) const {
    return last_server - static_cast<float>(servers - 1 - column) * server_step;
  }
};

// How many columns of clients fit beside so many of servers; at least one.
std::size_t most_clients(float width, float margin, float letter, std::size_t servers);
inline constexpr std::size_t kMostServers = 3;  // more share the last column
LadderGeometry ladder_geometry(float width, float margin, float letter, std::size_t clients, std::size_t servers);

}  // namespace overhear
