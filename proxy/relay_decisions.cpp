// What of a relay is there only where messages stop on their way: what was held or put off goes on when somebody
// decides so or when its time has come, with nothing having come from either side.
#include <utility>

#include "proxy/relay.hpp"

namespace overhear {
namespace {

// How often who waits for the network's faults looks again.
constexpr std::chrono::milliseconds kDelayCheck{5};

}  // namespace

// What was held goes on from here, and what waited behind it.
std::string Relay::take(const Decision& decision) {
  if (stage_ != Stage::Relaying || !rewriter_) return "the connection is over";
  begin_untold(Side::First, {});
  std::string problem = rewriter_->decide(decision);
  active_ = host_.tick();
  send_changed();
  return problem;
}

// What a rewriter has said when nothing had come.
void Relay::send_changed() {
  tell_wire();
  for (const Side side : {Side::Second, Side::First}) {
    send_waiting(side);
    const bool is_end_kept = is_end_kept_[static_cast<std::size_t>(other(side))];
    const bool is_to_be_sent = !outbox(side).waiting.empty() || is_end_kept;
    if (is_to_be_sent && !std::exchange(outbox(side).is_deciding, true)) spawn(send_decided(side));
  }
  if (!count_held() || rewriter_->has_failed()) return close(CloseReason::Reset);
  end_if_hung_up();
  wait_for_due();
}

asio::awaitable<void> Relay::send_decided(Side to) {
  const bool is_sent = co_await flush(to);
  outbox(to).is_deciding = false;
  if (is_sent && is_end_kept_[static_cast<std::size_t>(other(to))]) pass_end(other(to));
}

// What is put off goes on at its time.
void Relay::wait_for_due() {
  const auto next = stage_ == Stage::Relaying ? rewriter_->next_due() : std::nullopt;
  if (!next || (is_keeping_time_ && due_->expiry() <= *next)) return;
  if (!due_) due_.emplace(host_.io());
  due_->expires_at(*next);  // who waits for another time looks again
  if (!std::exchange(is_keeping_time_, true)) spawn(keep_time());
}

asio::awaitable<void> Relay::keep_time() {
  while (stage_ == Stage::Relaying) {
    (void)co_await due_->async_wait(kAsTuple);
    if (stage_ != Stage::Relaying || Clock::now() < due_->expiry()) continue;
    begin_untold(Side::First, {});
    rewriter_->on_time();
    send_changed();
    const auto next = stage_ == Stage::Relaying ? rewriter_->next_due() : std::nullopt;
    if (!next) break;
    due_->expires_at(*next);
  }
  is_keeping_time_ = false;
}

// What they have to say of themselves begins now, though nobody says anything.
void Relay::look_at_rules() {
  if (stage_ != Stage::Relaying || !rewriter_) return;
  begin_untold(Side::First, {});
  rewriter_->on_time();
  send_changed();
}

void Relay::hang_up(bool is_reset) {
  if (!hung_up_) hung_up_ = is_reset ? CloseReason::Reset : CloseReason::Fin;
}

// Once all that was said before is on its way, and told.
void Relay::end_if_hung_up() {
  if (hung_up_ && !std::exchange(is_ending_, true)) spawn(end_behind_all());
}

// Whether the network has something for that side, which takes it.
bool Relay::is_on_its_way(Side to) {
  const FaultyWay* const way = faulty_way(to);
  return way != nullptr && !way->line.is_empty() && !(way->is_blocked && has_stalled(to));
}

asio::awaitable<void> Relay::end_behind_all() {
  for (const Side side : {Side::First, Side::Second}) co_await flush(side);
  for (const Side side : {Side::First, Side::Second}) {
    while (stage_ == Stage::Relaying && is_on_its_way(side)) co_await pause(kDelayCheck);
  }
  const bool is_reset = hung_up_ == CloseReason::Reset;
  for (const Side side : {Side::First, Side::Second}) {
    while (is_reset && stage_ == Stage::Relaying && !has_stalled(side)) co_await pause(kDelayCheck);
  }
  if (stage_ != Stage::Relaying) co_return;
  if (is_reset) {
    for (const Side side : {Side::First, Side::Second}) reset(side);
  }
  close(*hung_up_);
}

}  // namespace overhear
