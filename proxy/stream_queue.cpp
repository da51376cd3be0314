#include "proxy/stream_queue.hpp"

#include <type_traits>
#include <vector>

#include "proxy/stream_record.hpp"

namespace overhear {
namespace {

using Head = RecordHead;
using Kind = RelayedKind;

template <typename T>
Bytes bytes_of(const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const std::uint8_t*>(&value), sizeof value};
}

}  // namespace

void StreamQueue::open(std::uint64_t connection, const Connection& ends, Timestamp time) {
  const Head head{.kind = Kind::Opened, .connection = connection, .time = time};
  push_always(bytes_of(head), bytes_of(ends));
}

bool StreamQueue::bytes(std::uint64_t connection, Side from, const Missing& missing, Legs legs, Bytes bytes,
                        Timestamp time) {
  const Head head{
      .kind = Kind::Data, .from = from, .legs = legs, .connection = connection, .time = time, .missing = missing};
  return push(bytes_of(head), bytes);
}

void StreamQueue::gap(std::uint64_t connection, Side from, std::uint64_t missing, Timestamp time) {
  const Head head{
      .kind = Kind::Data, .from = from, .connection = connection, .time = time, .missing = {.shown = missing}};
  push_always(bytes_of(head));
}

void StreamQueue::end(std::uint64_t connection, Side from, Timestamp time) {
  push_always(bytes_of(Head{.kind = Kind::End, .from = from, .connection = connection, .time = time}));
}

void StreamQueue::close(std::uint64_t connection, CloseReason reason, Timestamp time) {
  push_always(bytes_of(Head{.kind = Kind::Closed, .reason = reason, .connection = connection, .time = time}));
}

void StreamQueue::mcp_secret(std::uint64_t connection, Bytes client_public, Bytes secret, Timestamp time) {
  const Head head{
      .kind = Kind::McpSecret, .connection = connection, .time = time, .missing = {.shown = client_public.size()}};
  std::vector<std::uint8_t> both(client_public.begin(), client_public.end());
  both.insert(both.end(), secret.begin(), secret.end());
  push_always(bytes_of(head), both);
}

void StreamQueue::keys(std::string_view key_log, Timestamp time) {
  push_always(bytes_of(Head{.kind = Kind::Keys, .time = time}), as_bytes(key_log));
}

void StreamQueue::open_legs(std::uint64_t connection, const LegEnds& ends, Timestamp time) {
  push_always(bytes_of(Head{.kind = Kind::LegsOpened, .connection = connection, .time = time}), bytes_of(ends));
}

bool StreamQueue::wire(std::uint64_t connection, Leg leg, Side from, std::uint64_t missing, Bytes bytes,
                       Timestamp time) {
  const Head head{.kind = Kind::Wire,
                  .from = from,
                  .leg = leg,
                  .connection = connection,
                  .time = time,
                  .missing = {.shown = missing}};
  return push(bytes_of(head), bytes);
}

void StreamQueue::wire_gap(std::uint64_t connection, Leg leg, Side from, std::uint64_t missing, Timestamp time) {
  push_always(bytes_of(Head{.kind = Kind::Wire,
                            .from = from,
                            .leg = leg,
                            .connection = connection,
                            .time = time,
                            .missing = {.shown = missing}}));
}

void StreamQueue::reset(std::uint64_t connection, Leg leg, Side from, Timestamp time) {
  push_always(bytes_of(Head{.kind = Kind::Reset, .from = from, .leg = leg, .connection = connection, .time = time}));
}

void StreamQueue::tell(std::uint64_t connection, const Rule& rule, std::string_view text, Timestamp time) {
  const Head head{.kind = Kind::Finding, .connection = connection, .time = time, .rule = &rule};
  push_always(bytes_of(head), as_bytes(text));
}

}  // namespace overhear
