// Bytes, ends and resets on their way from one side of a relay to the other. A wait holds no buffer, so that an idle
// connection costs little; what a read brings is sent on before anything else is done with it.
#include <fmt/format.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <boost/asio/write.hpp>
#include <cerrno>
#include <utility>

#include "capture/tcp_rules.hpp"
#include "proxy/relay.hpp"
#include "proxy/sides.hpp"
#include "session/proxy_rules.hpp"

namespace overhear {
namespace {

constexpr std::size_t kKeptCapacity = 4096;  // of what waits, when nothing does
// How often who has to wait for another task's sending looks again; that is rare.
constexpr std::chrono::milliseconds kSendCheck{5};
// The same of who has too much held back to be read.
constexpr std::chrono::milliseconds kRoomCheck{50};
constexpr std::size_t kMostUnheard = std::size_t{1} << 20;  // of what is said to a peer that does not read
constexpr auto kPatience = std::chrono::seconds(1);         // with a peer that does not read, where the other is gone

bool is_nothing_yet(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

// What the kernel has to tell of a connection. It tells it once.
int take_error(tcp::socket& socket) {
  int error = 0;
  socklen_t size = sizeof error;
  (void)::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

}  // namespace

asio::awaitable<void> Relay::pump(Side from) {
  if (from == Side::First && !received_.empty()) {
    const std::string first = std::exchange(received_, {});
    rewrite(from, Came::Something, as_bytes(first));
    if (!co_await flush(other(from))) co_return;
  }
  std::vector<std::uint8_t>& buffer = host_.buffer();
  while (true) {
    (void)co_await socket(from).async_wait(tcp::socket::wait_read, kAsTuple);
    while (stage_ != Stage::Over && !has_room(from)) co_await pause(kRoomCheck);
    if (stage_ == Stage::Over) co_return;
    const ssize_t got = ::recv(socket(from).native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && is_nothing_yet(errno)) continue;
    if (got < 0) co_return on_lost(from, errno);
    active_ = host_.tick();
    const Bytes bytes(buffer.data(), static_cast<std::size_t>(got));
    rewrite(from, bytes.empty() ? Came::End : Came::Something, bytes);
    if (stage_ == Stage::Over) co_return;
    // Who takes nothing any more has its end found here.
    if (!outbox(from).waiting.empty() && !outbox(from).is_sending) (void)co_await flush(from);
    if (stage_ == Stage::Over) co_return;
    if (!outbox(other(from)).waiting.empty() && !co_await flush(other(from))) co_return;
    if (is_end_kept_[static_cast<std::size_t>(other(from))] && co_await flush(from)) pass_end(other(from));
    if (stage_ == Stage::Over) co_return;
    if (bytes.empty()) break;
  }
  on_end(from);
  co_await watch(from);
}

// Whether more may be read from there.
bool Relay::has_room(Side from) {
  const FaultyWay* const way = faulty_way(other(from));
  if (rewriter_ && (!rewriter_->has_room(from) || !listens(from))) return false;
  return way == nullptr || way->line.has_room();
}

// Who does not read its answers gets no more of them.
bool Relay::listens(Side to) const {
  const auto side = static_cast<std::size_t>(to);
  // What fills the network of that way by itself is no reason: it is held back where it comes from.
  const std::size_t delayed = faulty_ways_[side] == nullptr ? 0 : faulty_ways_[side]->line.held();
  return outboxes_[side].waiting.size() < kMostUnheard && delayed < FaultLine::kRoom + kMostUnheard;
}

bool Relay::is_over(Side to) const {
  const auto from = static_cast<std::size_t>(other(to));
  return has_ended_[from] && !is_end_kept_[from];
}

// Sends what this comes to, as far as there is room.
void Relay::rewrite(Side from, Came what, Bytes bytes) {
  if (!rewriter_) {
    if (bytes.empty()) return;
    const std::size_t sent = send_now(other(from), bytes);
    out(other(from)) += as_text(bytes.subspan(sent));
    return show(from, bytes);
  }
  begin_untold(from, bytes);
  switch (what) {
    case Came::Something: rewriter_->on_bytes(from, bytes); break;
    case Came::Nothing: rewriter_->on_pause(from); break;
    case Came::End: rewriter_->on_end(from); break;
  }
  tell_wire();
  for (const Side side : {other(from), from}) send_waiting(side);
  if (!count_held() || rewriter_->has_failed()) return close(CloseReason::Reset);
  end_if_hung_up();
  wait_for_due();
}

void Relay::begin_untold(Side from, Bytes received) {
  untold_ = {rewriter_->shown_on(), from, received, {outboxes_[0].waiting.size(), outboxes_[1].waiting.size()}};
}

void Relay::show(Side from, Bytes bytes) {
  tell_wire();
  tap().on_bytes(from, bytes, host_.now(), untold_.shown_on);
}

// What was received, and what that has come to so far; behind the keys that open it, and before it is shown.
void Relay::tell_wire() {
  if (!wire_ || !rewriter_) return;
  auto& [shown_on, from, received, told] = untold_;
  const Timestamp now = host_.now();
  if (!has(shown_on, leg_of(from)) && !received.empty()) wire_->on_bytes(leg_of(from), from, received, now);
  received = {};
  for (const Side to : {Side::Second, Side::First}) {
    const std::string& waiting = outbox(to).waiting;
    auto& done = told[static_cast<std::size_t>(to)];
    const Bytes said = as_bytes(waiting).subspan(done);
    if (!has(shown_on, leg_of(to)) && !said.empty()) wire_->on_bytes(leg_of(to), other(to), said, now);
    done = waiting.size();
  }
}

// False: too much waits.
bool Relay::count_held() {
  const std::size_t held = rewriter_->held();
  const bool is_fine = host_.hold(static_cast<std::int64_t>(held) - static_cast<std::int64_t>(held_));
  held_ = held;
  if (!is_fine) tell(proxy_rules::kMemoryLimit, {});
  return is_fine;
}

// A pause may show what that is which waited for more.
asio::awaitable<void> Relay::release() {
  is_releasing_ = true;
  for (const Side from : {Side::First, Side::Second}) {
    if (stage_ != Stage::Relaying || outbox(other(from)).is_sending) continue;
    rewrite(from, Came::Nothing, {});
    if (stage_ == Stage::Relaying) (void)co_await flush(other(from));
  }
  is_releasing_ = false;
}

void Relay::send_waiting(Side to) {
  Outbox& box = outbox(to);
  if (box.is_sending || box.waiting.empty()) return;
  box.waiting.erase(0, send_now(to, as_bytes(box.waiting)));
  if (box.waiting.empty() && box.waiting.capacity() > kKeptCapacity) box.waiting.shrink_to_fit();
}

// How much the kernel took, or who sends it when its time has come.
std::size_t Relay::send_now(Side to, Bytes bytes) {
  if (FaultyWay* const way = faulty_way(to)) {
    way->line.push(bytes, Clock::now());
    way->due.cancel();
    return bytes.size();
  }
  const ssize_t sent = ::send(socket(to).native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent < 0 ? 0 : static_cast<std::size_t>(sent);  // an error comes again with the rest
}

asio::awaitable<void> Relay::pause(std::chrono::milliseconds time) {
  asio::steady_timer soon(host_.io(), time);
  (void)co_await soon.async_wait(kAsTuple);
}

// Waits until the peer has taken all that waits for it. False: it takes nothing any more.
asio::awaitable<bool> Relay::flush(Side to) {
  Outbox& box = outbox(to);
  while (box.is_sending && stage_ != Stage::Over) co_await pause(kSendCheck);
  while (!box.waiting.empty() && stage_ != Stage::Over) {
    box.is_sending = true;
    const std::string part = std::exchange(box.waiting, {});
    const auto [error, sent] = co_await asio::async_write(socket(to), asio::buffer(part), kAsTuple);
    box.is_sending = false;
    if (stage_ == Stage::Over) break;
    active_ = host_.tick();
    if (!error) continue;
    on_deaf(to, error.value());
    co_return false;
  }
  co_return stage_ != Stage::Over;
}

// What the peer said before it went away may still have to be read: its own direction finds the end of that.
void Relay::on_deaf(Side side, int error) {
  is_deaf_[static_cast<std::size_t>(side)] = true;
  if (has_ended_[static_cast<std::size_t>(side)]) on_lost(side, error);
}

void Relay::on_end(Side from) {
  // The kernel tells of a reset once, and a send may have heard it.
  if (is_deaf_[static_cast<std::size_t>(from)]) return on_lost(from, ECONNRESET);
  has_ended_[static_cast<std::size_t>(from)] = true;
  pass_end(from);
}

void Relay::pass_end(Side from) {
  bool& is_kept = is_end_kept_[static_cast<std::size_t>(from)];
  is_kept = rewriter_ && rewriter_->keeps_end(from);
  if (is_kept) return;
  if (FaultyWay* const way = faulty_way(other(from))) {
    way->line.push_end(Clock::now());
    way->keeps_end = true;
    way->due.cancel();
  } else {
    send_end(other(from));
  }
  tap().on_end(from, host_.now());
  if (is_finished()) return close(CloseReason::Fin);
  const ProxyTimeouts& timeouts = host_.options().timeouts;
  enter(Stage::Relaying, timeouts.half_closed.count() != 0 ? timeouts.half_closed : timeouts.idle);
}

void Relay::send_end(Side to) {
  error_code ignored;
  (void)socket(to).shutdown(tcp::socket::shutdown_send, ignored);
}

// Whether both have, and have been told so of each other.
bool Relay::is_finished() {
  for (const Side side : {Side::First, Side::Second}) {
    const auto index = static_cast<std::size_t>(side);
    const FaultyWay* const way = faulty_way(side);
    if (!has_ended_[index] || is_end_kept_[index] || (way != nullptr && way->keeps_end)) return false;
  }
  return true;
}

// Who has finished may still answer what it gets with a reset.
asio::awaitable<void> Relay::watch(Side from) {
  if (stage_ == Stage::Over) co_return;
  (void)co_await socket(from).async_wait(tcp::socket::wait_error, kAsTuple);
  if (stage_ == Stage::Over) co_return;
  if (const int error = take_error(socket(from)); error != 0) on_lost(from, error);
}

// While one side does not read, the other is not read either, and nothing would tell that it is gone.
void Relay::look_for_lost() {
  for (const Side from : {Side::First, Side::Second}) {
    const Side to = other(from);
    const FaultyWay* const way = faulty_way(to);
    const bool is_full = way != nullptr && way->is_blocked && !way->line.has_room();
    const bool is_held_back = rewriter_ && !rewriter_->has_room(from);
    if (!is_held_back && !outbox(to).is_sending && !is_full) continue;
    auto& is_deaf = is_deaf_[static_cast<std::size_t>(from)];
    is_deaf = is_deaf || take_error(socket(from)) != 0;
    // What is held back of it goes with it.
    if (is_deaf && is_held_back) return on_lost(from, ECONNRESET);
    if (is_deaf && has_stalled(to)) return on_lost(from, ECONNRESET);
  }
}

void Relay::on_lost(Side from, int error) {
  if (lost_) return;
  const std::string_view who = name_of(from);
  if (error == ECONNRESET || error == EPIPE) {
    if (wire_) wire_->on_reset(leg_of(from), from, host_.now());
    tell(tcp_rules::kReset, fmt::format("the {} reset the connection", who));
  } else {
    tell(tcp_rules::kReset, fmt::format("the connection to the {} was lost: {}", who,
                                        error_code(error, boost::system::system_category()).message()));
  }
  lost_ = from;
  pass_on_reset();
}

// A reset of ours throws away what the kernel still has to send. Who went there without a proxy would have got that.
void Relay::pass_on_reset() {
  if (stage_ == Stage::Over || is_delaying(other(*lost_)) || !has_stalled(other(*lost_))) return;
  reset(other(*lost_));
  close(CloseReason::Reset);
}

// Whether it has got everything, or takes nothing any more.
bool Relay::has_stalled(Side to) {
  int unsent = 0;
  if (::ioctl(socket(to).native_handle(), SIOCOUTQ, &unsent) != 0) return true;
  if (unsent != unsent_) moved_ = host_.tick();
  unsent_ = unsent;
  return unsent == 0 || host_.tick() - moved_ >= kPatience;
}

}  // namespace overhear
