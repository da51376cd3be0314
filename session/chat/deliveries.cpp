#include "session/chat/deliveries.hpp"

#include <bit>
#include <cstring>
#include <utility>

#include "base/text_hash.hpp"
#include "dissectors/field_text.hpp"
#include "dissectors/protocol.hpp"

namespace overhear {
namespace {

constexpr int kSteps = 64;  // lines looked at for one message

std::uint64_t mix(std::uint64_t hash, std::uint64_t more) {
  return (hash ^ more) * 0x9E3779B97F4A7C15u ^ (hash >> 29);
}

// Nobody is told from somebody by what is not said.
bool may_be_same(std::string_view a, std::string_view b) {
  return a.empty() || b.empty() || means_the_same(a, b);
}

}  // namespace

Deliveries::Words Deliveries::words_of(const Message& message, std::string_view text, const Endpoint& server) {
  if (text.find('\\') != std::string_view::npos) {
    scratch_.clear();
    append_unescaped(scratch_, text);
    text = scratch_;
  }
  std::uint64_t address[2] = {};
  std::memcpy(address, server.address.bytes.data(), server.address.bytes.size());
  // By what is the same in every run: what finds no place may decide what is found.
  const std::uint64_t of_server = mix(address[0] ^ address[1], text_hash(message.protocol->name) ^ server.port);
  return {mix(text_hash(text), of_server), message.protocol, server, text};
}

std::size_t Deliveries::place_of(const Message::Name& name) const {
  return mix(name.number, name.session) & (by_name_.size() - 1);
}

void Deliveries::add(const Message& message) {
  add(message, message.user, message.room, message.text);
  for (const Action& action : message.actions) add(message, action.user, action.room, action.text);
}

void Deliveries::add(const Message& message, std::string_view user, std::string_view room, std::string_view text) {
  const std::size_t size = text.size() + user.size() + room.size();
  if (text.empty() || limits_.lines == 0 || size > limits_.line_bytes) return;
  if (lines_.empty()) {
    lines_.resize(limits_.lines);
    // So many that what nobody said is mostly known from here.
    buckets_.resize(std::bit_ceil(4 * limits_.lines));
    brought_.resize(std::bit_ceil(4 * limits_.lines));
    by_name_.resize(std::bit_ceil(4 * limits_.lines));
  }
  const Words words = words_of(message, text, message.destination);
  std::uint64_t& bucket = buckets_[words.hash & (buckets_.size() - 1)];
  if (++count_ - first_ == lines_.size()) ++first_;
  Line& last = line(count_);
  bytes_ -= last.held();
  last.hash = words.hash;
  last.before = bucket;
  last.time = message.time;
  last.name = {message.session, message.number};
  last.protocol = words.protocol;
  last.server = words.server;
  last.words = words.words;
  last.user = user;
  last.room = room;
  bytes_ += last.held();
  bucket = count_;
  by_name_[place_of(last.name)] = count_;
  while (bytes_ > limits_.line_bytes && first_ < count_) forget_first();
}

void Deliveries::forget_first() {
  Line& first = line(first_++);
  Line freed;  // assigned to, a string keeps its memory
  bytes_ = bytes_ - first.held() + freed.held();
  std::swap(first, freed);
}

// The newest line with these words, from `number` on backwards; 0: none that still holds.
std::uint64_t Deliveries::newest(std::uint64_t number, const Words& words, Timestamp now, int& steps) {
  for (; is_kept(number) && steps-- > 0; number = line(number).before) {
    if (now - line(number).time > limits_.line_ns) return 0;
    if (words.are_of(line(number))) return number;
  }
  return 0;
}

Deliveries::Found Deliveries::found(const Line& line) const {
  return {line.name, line.room.size() <= limits_.name_bytes ? std::string_view(line.room) : std::string_view()};
}

std::optional<Deliveries::Found> Deliveries::said_in(const Message::Name& name) const {
  if (count_ == 0) return std::nullopt;
  const std::uint64_t number = by_name_[place_of(name)];
  if (!is_kept(number)) return std::nullopt;
  const Line& said = line(number);
  if (said.name.session != name.session || said.name.number != name.number) return std::nullopt;
  return found(said);
}

std::optional<Deliveries::Found> Deliveries::find(const Message& message) {
  return find(message, message.user, message.room, message.text);
}

std::optional<Deliveries::Found> Deliveries::find(const Message& message, const Action& action) {
  return find(message, action.user, action.room, action.text);
}

std::optional<Deliveries::Found> Deliveries::find(const Message& message, std::string_view user, std::string_view room,
                                                  std::string_view text) {
  if (text.empty() || count_ == 0) return std::nullopt;
  int steps = kSteps;
  const Words words = words_of(message, text, message.source);
  std::uint64_t number = newest(buckets_[words.hash & (buckets_.size() - 1)], words, message.time_first, steps);
  if (number == 0) return std::nullopt;
  Brought& brought = brought_[mix(words.hash, message.session) & (brought_.size() - 1)];
  const bool is_same = brought.session == message.session && is_kept(brought.line) && words.are_of(line(brought.line));
  const std::uint64_t behind = is_same ? brought.line : 0;
  std::uint64_t oldest = 0;
  while (number > behind) {
    const bool may_be_it = may_be_same(line(number).user, user) && may_be_same(line(number).room, room);
    if (may_be_it) oldest = number;
    number = newest(line(number).before, words, message.time_first, steps);
  }
  if (oldest == 0) return std::nullopt;
  brought = {message.session, oldest};
  return found(line(oldest));
}

}  // namespace overhear
