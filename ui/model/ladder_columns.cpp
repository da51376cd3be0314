#include "ui/model/ladder_columns.hpp"

#include <algorithm>
#include <unordered_set>

namespace overhear {
namespace {

// All in letters.
constexpr float kClientStep = 7.5f;
constexpr float kServerStep = 9;
constexpr float kLeastGap = 24;
constexpr float kBesideText = 1;

}  // namespace

std::size_t LadderColumns::column_of(std::uint32_t name) const {
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    if (std::ranges::find(columns_[column], name) != columns_[column].end()) return column;
  }
  return SIZE_MAX;
}

void LadderColumns::show(std::span<const std::uint32_t> names, std::size_t most) {
  const std::unordered_set<std::uint32_t> in_sight(names.begin(), names.end());
  if (columns_.size() > most) columns_.resize(most);
  for (auto& column : columns_) std::erase_if(column, [&](std::uint32_t name) { return !in_sight.contains(name); });
  const auto is_free = [](const std::vector<std::uint32_t>& column) { return column.empty(); };
  for (const std::uint32_t name : names) {
    if (column_of(name) != SIZE_MAX) continue;
    const auto unused = std::ranges::find_if(columns_, is_free);
    if (unused != columns_.end()) {
      unused->push_back(name);
    } else if (columns_.size() < most) {
      columns_.push_back({name});
    } else {
      columns_.back().push_back(name);
    }
  }
  // Whoever came late has a column again as soon as there is one.
  for (auto unused = std::ranges::find_if(columns_, is_free); unused != columns_.end() && columns_.back().size() > 1;
       unused = std::ranges::find_if(columns_, is_free)) {
    unused->push_back(columns_.back().back());
    columns_.back().pop_back();
  }
  while (!columns_.empty() && columns_.back().empty()) columns_.pop_back();
}

std::size_t most_clients(float width, float margin, float letter, std::size_t servers) {
  const float taken = margin + letter * (kLeastGap + kServerStep * static_cast<float>(servers));
  const float left = (width - taken) / (letter * kClientStep);
  return left < 1 ? 1 : static_cast<std::size_t>(left);
}

LadderGeometry ladder_geometry(float width, float margin, float letter, std::size_t clients, std::size_t servers) {
  LadderGeometry geometry;
  geometry.servers = std::max<std::size_t>(servers, 1);
  geometry.client_step = letter * kClientStep;
  geometry.first_client = margin + geometry.client_step / 2;
  geometry.server_step = letter * kServerStep;
  geometry.last_server = std::max(width - geometry.server_step / 2, geometry.first_client + letter);
  const std::size_t last = std::max<std::size_t>(clients, 1) - 1;
  geometry.text_left = geometry.client(last) + letter * (kBesideText + 1);
  geometry.text_right = std::max(geometry.server(0) - letter * (kBesideText + 0.5f), geometry.text_left);
  return geometry;
}

}  // namespace overhear
