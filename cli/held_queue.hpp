// What a proxy holds, as far as its events have told, in the order in which it came. No I/O: events in, news for the
// user out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dissectors/message.hpp"

namespace overhear {

struct Held {
  std::uint64_t hold = 0;
  std::uint64_t session = 0;
  Direction from = Direction::Client;
  std::string protocol;  // empty: none is known
  std::string type;
  std::optional<std::string> text;  // none: bytes that are no text
  nlohmann::json record;            // of the export
};

class HeldQueue {
 public:
  // Takes an event in. What it tells beside a message that is held now is appended to `news` (not printable yet).
  void on_event(const nlohmann::json& event, std::vector<std::string>& news);

  bool empty() const { return held_.empty(); }
  const std::deque<Held>& all() const { return held_; }
  // nullptr where it is not held (any more).
  const Held* find(std::uint64_t hold) const;

  // That these are released is no news from here on, or is again.
  void expect_release(std::uint64_t hold) { expected_.insert(hold); }
  void expect_none(std::uint64_t hold) { expected_.erase(hold); }

  const std::string& filter() const { return filter_; }
  void set_filter(std::string filter) { filter_ = std::move(filter); }
  // What this side said last in this session, of what was held; empty: nothing.
  std::string last_text(std::uint64_t session, Direction from) const;

 private:
  void on_held(const nlohmann::json& event);
  void on_released(const nlohmann::json& event, std::vector<std::string>& news);
  void remember(const Held& held);

  std::deque<Held> held_;
  std::set<std::uint64_t> expected_;
  std::string filter_;
  std::map<std::pair<std::uint64_t, Direction>, std::string> last_;
  std::size_t remembered_ = 0;  // bytes of last_
};

// "7  client → server  mcp Room.Join".
std::string name_of(const Held& held);
// "holds what matches text contains tea".
std::string filter_text(std::string_view filter);

}  // namespace overhear
