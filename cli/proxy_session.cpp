#include "cli/proxy_session.hpp"

#include "capture/capture_thread.hpp"
#include "cli/interrupt.hpp"
#include "cli/load_changed.hpp"

namespace overhear {
namespace {

// How often key logs are looked at, and sessions that wait for a key are told of the time.
constexpr int kTickMilliseconds = 50;

}  // namespace

void ProxySession::run() {
  StreamQueue& queue = proxy_.queue();
  while (!queue.is_over()) {
    const bool has_more = player_.play([this](Timestamp now) { analysis_.on_time(now); });
    tick();
    if (has_more) continue;
    output_.flush();
    if (is_stopped_) {
      queue.wait(kTickMilliseconds);
    } else if (output_.has_failed() || wait_for_input(queue.descriptor(), kTickMilliseconds) == Wait::Interrupted) {
      stop();
    }
  }
  player_.finish();
  analysis_.finish();
}

void ProxySession::tick() {
  const Timestamp time = capture_clock();
  if (time < next_tick_) return;
  next_tick_ = {time.ns + kTickMilliseconds * (kSecond / 1000)};
  load_changed(key_logs_,
               [this, time](const std::string& path) { return analysis_.load_key_log(path, {.time = time}); });
  if (!is_stopped_ && (output_.has_failed() || was_interrupted())) stop();
}

void ProxySession::stop() {
  is_stopped_ = true;
  proxy_.stop();
}

}  // namespace overhear
