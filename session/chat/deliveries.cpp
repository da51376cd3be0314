#include "session/chat/deliveries.hpp"

#include <bit>
#include <functional>

#include "dissectors/field_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kLongestName = 256;
constexpr int kSteps = 64;  // lines looked at for one message

std::uint64_t mix(std::uint64_t hash, std::uint64_t more) {
  return (hash ^ more) * 0x9E3779B97F4A7C15u ^ (hash >> 29);
}

// Nobody is told from somebody by what is not said.
bool may_be_same(std::string_view a, std::string_view b) {
  return a.empty() || b.empty() || a == b || means_the_same(a, b);
}

}  // namespace

std::uint64_t Deliveries::hash_of(const Message& message, const Endpoint& server) {
  std::string_view text = message.text;
  if (text.find('\\') != std::string_view::npos) {
    scratch_.clear();
    append_unescaped(scratch_, text);
    text = scratch_;
  }
  const std::hash<std::string_view> hash;
  const auto* const address = reinterpret_cast<const char*>(server.address.bytes.data());
  std::uint64_t out = mix(hash(text), hash({address, server.address.bytes.size()}));
  out = mix(out, server.port);
  return mix(out, reinterpret_cast<std::uintptr_t>(message.protocol));
}

void Deliveries::add(const Message& message) {
  if (message.text.empty() || limits_.lines == 0) return;
  if (lines_.empty()) {
    lines_.resize(limits_.lines);
    buckets_.resize(std::bit_ceil(limits_.lines));
    brought_.resize(std::bit_ceil(4 * limits_.lines));
  }
  const std::uint64_t hash = hash_of(message, message.destination);
  std::uint64_t& bucket = buckets_[hash & (buckets_.size() - 1)];
  Line& last = line(++count_);
  last.hash = hash;
  last.before = bucket;
  last.time = message.time;
  last.name = {message.session, message.number};
  last.user = message.user.size() <= kLongestName ? message.user : std::string_view();
  last.room = message.room.size() <= kLongestName ? message.room : std::string_view();
  bucket = count_;
}

std::optional<Deliveries::Found> Deliveries::find(const Message& message) {
  if (message.text.empty() || count_ == 0) return std::nullopt;
  const std::uint64_t hash = hash_of(message, message.source);
  const std::uint64_t of_session = mix(hash, message.session);
  Brought& brought = brought_[of_session & (brought_.size() - 1)];
  const std::uint64_t behind = brought.hash == of_session ? brought.line : 0;
  std::uint64_t found = 0;
  std::uint64_t number = buckets_[hash & (buckets_.size() - 1)];
  for (int step = 0; step < kSteps && number > behind; ++step) {
    if (number + lines_.size() <= count_) break;  // another line has its place
    const Line& candidate = line(number);
    if (message.time_first - candidate.time > limits_.line_ns) break;
    const bool fits = candidate.hash == hash && may_be_same(candidate.user, message.user) &&
                      may_be_same(candidate.room, message.room);
    if (fits) found = number;
    number = candidate.before;
  }
  if (found == 0) return std::nullopt;
  brought = {of_session, found};
  return Found{line(found).name, line(found).room};
}

}  // namespace overhear
