#include "cli/held_queue.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/json_member.hpp"

namespace overhear {
namespace {

using nlohmann::json;

constexpr std::size_t kRememberedBytes = 64u << 20;

std::string_view as_sentence(std::string_view how) {
  if (how == "gone") return "is gone: its connection is over";
  if (how == "edited") return "was edited and sent by somebody else";
  if (how == "dropped") return "was dropped by somebody else";
  return "was forwarded by somebody else";
}

}  // namespace

std::string name_of(const Held& held) {
  return fmt::format("{}  {} → {}  {} {}", held.hold, to_string(held.from), to_string(other(held.from)),
                     held.protocol.empty() ? "data" : held.protocol, held.type);
}

std::string filter_text(std::string_view filter) {
  return filter.empty() ? "holds nothing more" : fmt::format("holds what matches {}", filter);
}

const Held* HeldQueue::find(std::uint64_t hold) const {
  const auto found = std::ranges::find(held_, hold, &Held::hold);
  return found == held_.end() ? nullptr : &*found;
}

void HeldQueue::on_event(const json& event, std::vector<std::string>& news) {
  const std::string kind = string_member(event, "event");
  if (kind == "held") return on_held(event);
  if (kind == "released") return on_released(event, news);
  if (kind != "filter") return;
  filter_ = string_member(event, "filter");
  news.push_back(filter_text(filter_));
}

void HeldQueue::on_held(const json& event) {
  Held held;
  held.hold = number_member(event, "hold");
  held.session = number_member(event, "session");
  held.from = string_member(event, "from") == "server" ? Direction::Server : Direction::Client;
  held.protocol = string_member(event, "protocol");
  held.type = string_member(event, "type");
  if (event.contains("text")) held.text = string_member(event, "text");
  if (const auto record = event.find("message"); record != event.end()) held.record = *record;
  remember(held);
  held_.push_back(std::move(held));
}

void HeldQueue::on_released(const json& event, std::vector<std::string>& news) {
  const std::uint64_t hold = number_member(event, "hold");
  const bool is_expected = expected_.erase(hold) > 0;
  const auto found = std::ranges::find(held_, hold, &Held::hold);
  if (found == held_.end()) return;
  held_.erase(found);
  if (!is_expected) news.push_back(fmt::format("{} {}", hold, as_sentence(string_member(event, "how"))));
}

void HeldQueue::remember(const Held& held) {
  if (!held.text) return;
  std::string& last = last_[{held.session, held.from}];
  remembered_ += held.text->size() - last.size();
  last = *held.text;
  while (remembered_ > kRememberedBytes && last_.size() > 1) {
    const auto oldest = last_.begin();  // sessions are numbered as they come
    remembered_ -= oldest->second.size();
    last_.erase(oldest);
  }
}

std::string HeldQueue::last_text(std::uint64_t session, Direction from) const {
  const auto found = last_.find({session, from});
  return found == last_.end() ? std::string() : found->second;
}

}  // namespace overhear
