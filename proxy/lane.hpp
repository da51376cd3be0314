// One direction of a gate: what waits there, for somebody's decision, for its time, or for others to go first. All
// behind it waits too, but behind what lets others go first.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "proxy/parcel.hpp"
#include "proxy/treatment.hpp"

namespace overhear {

class Lane {
 public:
  using Clock = std::chrono::steady_clock;

  struct Item {
    Parcel parcel;
    bool is_message = false;
    std::uint64_t hold = 0;                     // 0: nobody has to decide about it
    std::optional<Clock::time_point> due = {};  // not before
    Treatment treatment = {};                   // what is done to it when it goes on
    std::size_t kept = 0;                       // bytes that its waiting takes beside the parcel's

    std::size_t held() const { return parcel.held() + kept; }
  };

  void push(Item item);
  // What may go on now, in the order in which it does.
  std::vector<Item> take_ready(Clock::time_point now);
  // Nothing more is pushed: then nothing waits for others to go first.
  void end() { has_ended_ = true; }

  // What is held under this number, or nullptr.
  Item* find(std::uint64_t hold);
  const std::deque<Item>& waiting() const { return waiting_; }
  bool is_empty() const { return waiting_.empty() && aside_.empty(); }
  // What goes on in place of what an item, which waits here, has said.
  void set_text(Item& item, std::string_view text);
  // Bytes that wait.
  std::size_t held() const { return held_; }
  std::optional<Clock::time_point> next_due() const;

 private:
  struct Aside {
    Item item;
    unsigned first = 0;  // so many messages
    Clock::time_point deadline;
  };

  void let_on(Item item, Clock::time_point now, std::vector<Item>& out);
  void count_message(std::vector<Item>& out);

  std::deque<Item> waiting_;
  std::deque<Aside> aside_;
  std::size_t held_ = 0;
  bool has_ended_ = false;
};

}  // namespace overhear
