#include "session/chat/deliveries.hpp"

#include <bit>
#include <cstring>
#include <functional>

#include "dissectors/json/json_index.hpp"
#include "dissectors/protocol.hpp"

namespace overhear {
namespace {

constexpr int kSteps = 64;  // lines looked at for one message

std::uint64_t mix(std::uint64_t hash, std::uint64_t more) {
  return (hash ^ more) * 0x9E3779B97F4A7C15u ^ (hash >> 29);
}

// Nobody is told from somebody by what is not said.
bool may_be_same(std::uint64_t a, std::uint64_t b) {
  return a == 0 || b == 0 || a == b;
}

}  // namespace

// Of what it means; 0 where there is nothing.
std::uint64_t Deliveries::hash_of(std::string_view text) {
  if (text.empty()) return 0;
  const std::hash<std::string_view> hash;
  if (text.find('\\') == std::string_view::npos) return hash(text) | 1;
  scratch_.clear();
  append_unescaped(scratch_, text);
  return hash(scratch_) | 1;
}

std::uint64_t Deliveries::hash_of(const Message& message, std::string_view text, const Endpoint& server) {
  std::uint64_t address[2] = {};
  std::memcpy(address, server.address.bytes.data(), server.address.bytes.size());
  std::uint64_t out = mix(hash_of(text), address[0] ^ address[1]);
  out = mix(out, server.port);
  // By what is the same in every run: what finds no place may decide what is found.
  return mix(out, hash_of(message.protocol->name));
}

std::size_t Deliveries::place_of(const Message::Name& name) const {
  return mix(name.number, name.session) & (by_name_.size() - 1);
}

void Deliveries::add(const Message& message) {
  add(message, message.user, message.room, message.text);
  for (const Action& action : message.actions) add(message, action.user, action.room, action.text);
}

void Deliveries::add(const Message& message, std::string_view user, std::string_view room, std::string_view text) {
  if (text.empty() || limits_.lines == 0) return;
  if (lines_.empty()) {
    lines_.resize(limits_.lines);
    // So many that what nobody said is mostly known from here.
    buckets_.resize(std::bit_ceil(4 * limits_.lines));
    brought_.resize(std::bit_ceil(4 * limits_.lines));
    by_name_.resize(std::bit_ceil(4 * limits_.lines));
  }
  const std::uint64_t hash = hash_of(message, text, message.destination);
  std::uint64_t& bucket = buckets_[hash & (buckets_.size() - 1)];
  Line& last = line(++count_);
  last.hash = hash;
  last.before = bucket;
  last.time = message.time;
  last.name = {message.session, message.number};
  last.user = hash_of(user);
  last.room = hash_of(room);
  last.room_text = room.size() <= limits_.name_bytes ? room : std::string_view();
  bucket = count_;
  by_name_[place_of(last.name)] = count_;
}

// The newest line with this hash, from `number` on backwards; 0: none that still holds.
std::uint64_t Deliveries::newest(std::uint64_t number, std::uint64_t hash, Timestamp now, int& steps) {
  for (; number != 0 && number + lines_.size() > count_ && steps-- > 0; number = line(number).before) {
    if (now - line(number).time > limits_.line_ns) return 0;
    if (line(number).hash == hash) return number;
  }
  return 0;
}

std::optional<Deliveries::Found> Deliveries::said_in(const Message::Name& name) const {
  if (count_ == 0) return std::nullopt;
  const std::uint64_t number = by_name_[place_of(name)];
  if (number == 0) return std::nullopt;
  const Line& found = line(number);  // or the one that has its place by now
  if (found.name.session != name.session || found.name.number != name.number) return std::nullopt;
  return Found{found.name, found.room_text};
}

std::optional<Deliveries::Found> Deliveries::find(const Message& message) {
  return find(message, message.user, message.room, message.text);
}

std::optional<Deliveries::Found> Deliveries::find(const Message& message, const Action& action) {
  return find(message, action.user, action.room, action.text);
}

std::optional<Deliveries::Found> Deliveries::find(const Message& message, std::string_view of_user,
                                                  std::string_view of_room, std::string_view text) {
  if (text.empty() || count_ == 0) return std::nullopt;
  int steps = kSteps;
  const std::uint64_t hash = hash_of(message, text, message.source);
  std::uint64_t number = newest(buckets_[hash & (buckets_.size() - 1)], hash, message.time_first, steps);
  if (number == 0) return std::nullopt;
  const std::uint64_t of_session = mix(hash, message.session);
  Brought& brought = brought_[of_session & (brought_.size() - 1)];
  const std::uint64_t behind = brought.hash == of_session ? brought.line : 0;
  const std::uint64_t user = hash_of(of_user);
  const std::uint64_t room = hash_of(of_room);
  std::uint64_t found = 0;
  while (number > behind) {
    if (may_be_same(line(number).user, user) && may_be_same(line(number).room, room)) found = number;
    number = newest(line(number).before, hash, message.time_first, steps);
  }
  if (found == 0) return std::nullopt;
  brought = {of_session, found};
  return Found{line(found).name, line(found).room_text};
}

}  // namespace overhear
