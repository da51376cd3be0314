// What of a relay is there only where its network has faults: what goes to a side that has some is sent piece by piece,
// each when its time has come.
#include <fmt/format.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "proxy/relay.hpp"
#include "session/proxy_rules.hpp"

namespace overhear {
namespace {

// Others' turn, after so many pieces that are all due.
constexpr int kPiecesAtOnce = 64;

}  // namespace

void Relay::begin_faults() {
  const FaultPlan* const plan = host_.faults();
  if (plan == nullptr) return;
  for (const Side to : {Side::First, Side::Second}) {
    FaultPlan own = faults_of(*plan, number_, to);
    if (own.faults.empty()) continue;
    faulty_ways_[static_cast<std::size_t>(to)] =
        std::unique_ptr<FaultyWay>(new FaultyWay{{std::move(own), Clock::now()}, asio::steady_timer(host_.io())});
    spawn(deliver(to));
  }
}

void Relay::tell_faults() {
  for (const Side to : {Side::First, Side::Second}) {
    if (faulty_way(to) == nullptr) continue;
    for (const Fault& fault : faulty_way(to)->line.faults()) tell(proxy_rules::kFault, to_string(fault));
  }
}

// Whether the network still has something for that side. That it does not take it is no delay of the network.
bool Relay::is_delaying(Side to) {
  const FaultyWay* const way = faulty_way(to);
  return way != nullptr && !way->is_blocked && !way->line.is_empty();
}

asio::awaitable<void> Relay::deliver(Side to) {
  FaultyWay& way = *faulty_way(to);
  int pieces = 0;
  while (stage_ != Stage::Over) {
    const auto next = way.line.next();
    if (!next || *next > Clock::now()) {
      way.due.expires_at(next.value_or(Clock::time_point::max()));
      (void)co_await way.due.async_wait(kAsTuple);
      continue;
    }
    const auto step = way.line.take(Clock::now());
    if (!step) continue;
    if (step->ending) {
      finish(to, *step->ending);
      continue;
    }
    const bool is_sent = co_await send_piece(to, step->bytes);
    if (!is_sent) co_return;
    if (++pieces % kPiecesAtOnce == 0) co_await asio::post(asio::use_awaitable);
  }
}

// As a segment of its own, even where others wait before it. False: nothing is taken any more.
asio::awaitable<bool> Relay::send_piece(Side to, std::string_view bytes) {
  FaultyWay& way = *faulty_way(to);
  while (!bytes.empty() && stage_ != Stage::Over) {
    const ssize_t sent =
        ::send(socket(to).native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL | MSG_EOR);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      active_ = host_.tick();
      continue;
    }
    const int error = errno;
    if (error != EAGAIN && error != EWOULDBLOCK && error != EINTR) {
      way.line.discard();
      way.keeps_end = false;
      on_deaf(to, error);
      co_return false;
    }
    way.is_blocked = true;
    (void)co_await socket(to).async_wait(tcp::socket::wait_write, kAsTuple);
    way.is_blocked = false;
  }
  co_return stage_ != Stage::Over;
}

void Relay::finish(Side to, const Ending& ending) {
  switch (ending.kind) {
    case Ending::Kind::End:
      faulty_way(to)->keeps_end = false;
      send_end(to);
      if (is_finished()) close(CloseReason::Fin);
      return;
    case Ending::Kind::Close:
      tell(proxy_rules::kFault, fmt::format("{}: the connection was closed", to_string(*ending.by)));
      return close(CloseReason::Fin);
    case Ending::Kind::Reset:
      tell(proxy_rules::kFault, fmt::format("{}: both ends were reset", to_string(*ending.by)));
      reset(Side::First);
      reset(Side::Second);
      return close(CloseReason::Reset);
  }
}

}  // namespace overhear
