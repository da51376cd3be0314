#include "proxy/lane.hpp"

#include <algorithm>
#include <utility>

namespace overhear {
namespace {

// With messages that are to go first, and do not come.
constexpr std::chrono::seconds kPatience{1};

}  // namespace

void Lane::push(Item item) {
  held_ += item.held();
  waiting_.push_back(std::move(item));
}

std::vector<Lane::Item> Lane::take_ready(Clock::time_point now) {
  std::vector<Item> out;
  const auto is_ready = [now](const Item& item) { return item.hold == 0 && (!item.due || *item.due <= now); };
  while (!waiting_.empty() && is_ready(waiting_.front())) {
    Item item = std::move(waiting_.front());
    waiting_.pop_front();
    let_on(std::move(item), now, out);
  }
  const bool is_last = has_ended_ && waiting_.empty();
  while (!aside_.empty() && (is_last || aside_.front().deadline <= now)) {
    out.push_back(std::move(aside_.front().item));
    aside_.pop_front();
  }
  if (waiting_.empty() && aside_.empty()) {
    held_ = 0;
  } else {
    for (const Item& item : out) held_ -= std::min(held_, item.held());
  }
  return out;
}

void Lane::let_on(Item item, Clock::time_point now, std::vector<Item>& out) {
  if (const unsigned first = std::exchange(item.treatment.reorder, 0); first > 0) {
    count_message(out);
    aside_.push_back({std::move(item), first, now + kPatience});
    return;
  }
  const bool is_message = item.is_message;
  out.push_back(std::move(item));
  if (is_message) count_message(out);
}

// One more has gone before those that wait for that.
void Lane::count_message(std::vector<Item>& out) {
  for (Aside& aside : aside_) {
    if (--aside.first == 0) out.push_back(std::move(aside.item));
  }
  std::erase_if(aside_, [](const Aside& aside) { return aside.first == 0; });
}

Lane::Item* Lane::find(std::uint64_t hold) {
  const auto found = std::ranges::find(waiting_, hold, &Item::hold);
  return found == waiting_.end() ? nullptr : &*found;
}

void Lane::set_text(Item& item, std::string_view text) {
  held_ -= std::min(held_, item.held());
  item.parcel.text = text;
  held_ += item.held();
}

std::optional<Lane::Clock::time_point> Lane::next_due() const {
  std::optional<Clock::time_point> next;
  if (!waiting_.empty() && waiting_.front().hold == 0) next = waiting_.front().due;
  if (!aside_.empty() && (!next || aside_.front().deadline < *next)) next = aside_.front().deadline;
  return next;
}

}  // namespace overhear
