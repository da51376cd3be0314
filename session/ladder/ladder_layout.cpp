#include "session/ladder/ladder_layout.hpp"

#include <algorithm>

namespace overhear {
namespace {

constexpr std::size_t kBeforeText = 4;  // "├── " or "│◀─ "
constexpr std::size_t kBehindText = 3;  // " ─▶", at least

// ":51234" of "127.0.0.1:51234"
std::string port_of(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  return std::string(colon == std::string_view::npos ? address : address.substr(colon));
}

}  // namespace

LadderLayout::LadderLayout(std::size_t width) : width_(std::max(width, kLeastWidth)) {
  const std::size_t taken = kMargin + kLeastGap + 1;
  most_lanes_ = width_ < taken ? 1 : (width_ - taken) / kLeastSpacing + 1;
}

void LadderLayout::open(std::uint32_t session, std::string client, std::string server) {
  Ladder& ladder = ladders_[server];
  if (ladder.sessions++ == 0) ladder.server = std::move(server);
  Seat& seat = seats_[session];
  seat.ladder = &ladder;
  seat.address = std::move(client);
}

void LadderLayout::close(std::uint32_t session) {
  const auto found = seats_.find(session);
  if (found == seats_.end()) return;
  Ladder& ladder = *found->second.ladder;
  const std::size_t lane = found->second.lane;
  seats_.erase(found);
  if (lane != kNone && --ladder.clients[lane] == 0) {
    const std::size_t column = ladder.lanes[lane].column;
    ladder.lanes[lane] = {};
    ladder.lanes[lane].column = column;
  }
  if (--ladder.sessions > 0) return;
  if (current_ == &ladder) current_ = nullptr;
  ladders_.erase(std::string(ladder.server));
}

// One that nobody has, else a new one, else the last.
std::size_t LadderLayout::find_lane(Ladder& ladder) const {
  const auto unused = std::ranges::find(ladder.clients, 0u);
  if (unused != ladder.clients.end()) return static_cast<std::size_t>(unused - ladder.clients.begin());
  if (ladder.lanes.size() == most_lanes_) return ladder.lanes.size() - 1;
  ladder.lanes.emplace_back();
  ladder.clients.push_back(0);
  return ladder.lanes.size() - 1;
}

void LadderLayout::arrange(Ladder& ladder) const {
  const std::size_t gaps = ladder.lanes.size() - 1;
  const std::size_t room = width_ - std::min(width_, kMargin + kLeastGap + 1);
  const std::size_t spacing = gaps == 0 ? 0 : std::clamp(room / gaps, kLeastSpacing, kMostSpacing);
  for (std::size_t i = 0; i < ladder.lanes.size(); ++i) ladder.lanes[i].column = kMargin + i * spacing;
}

void LadderLayout::take_lane(Seat& seat) {
  Ladder& ladder = *seat.ladder;
  seat.lane = find_lane(ladder);
  LadderLane& lane = ladder.lanes[seat.lane];
  const bool is_first = ladder.clients[seat.lane]++ == 0;
  lane.is_alive = true;
  lane.is_shared = !is_first;
  lane.name = is_first ? seat.name : std::string();
  lane.address = is_first ? seat.address : std::string();
  arrange(ladder);
}

LadderHeading LadderLayout::heading(const Ladder& ladder, bool has_changed, bool is_named) {
  const bool is_switch = current_ != &ladder;
  const bool is_repeated = rows_ >= kRowsPerHeading;
  LadderHeading heading;
  heading.is_due = is_switch || has_changed || is_repeated;
  heading.has_addresses = !ladder.was_shown || has_changed || is_repeated;
  heading.is_of_one = is_named && !heading.is_due;
  current_ = &ladder;
  rows_ = heading.is_due ? 1 : rows_ + 1;
  return heading;
}

LadderPlace LadderLayout::place(std::uint32_t session, std::string_view name) {
  Seat& own = seats_.at(session);
  Ladder& ladder = *own.ladder;
  const bool is_new = own.lane == kNone;
  const bool has_name = own.name != name && !name.empty();
  if (has_name) own.name = name;
  if (is_new) take_lane(own);
  LadderLane& lane = ladder.lanes[own.lane];
  const bool is_named = has_name && !lane.is_shared;
  if (is_named) lane.name = own.name;
  const std::size_t count = ladder.clients[own.lane];
  // Of a shared lane, the heading says so once.
  const bool has_changed = is_new && (!lane.is_shared || count == 2);
  LadderPlace place;
  place.heading = heading(ladder, has_changed, is_named);
  ladder.was_shown = true;
  place.lanes = &ladder.lanes;
  place.server = ladder.server;
  place.lane = own.lane;
  place.server_column = width_ - 1;
  place.text_column = ladder.lanes.back().column + kBeforeText;
  place.text_width = place.server_column - kBehindText - place.text_column;
  if (lane.is_shared) {
    own.who = own.name.empty() ? port_of(own.address) : own.name;
    place.who = own.who;
  }
  return place;
}

}  // namespace overhear
