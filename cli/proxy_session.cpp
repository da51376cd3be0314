#include "cli/proxy_session.hpp"

#include <chrono>
#include <thread>

#include "capture/capture_thread.hpp"
#include "cli/interrupt.hpp"
#include "cli/print_error.hpp"
#include "session/load_changed.hpp"

namespace overhear {
namespace {

// How often key logs are looked at, and sessions that wait for a key are told of the time.
constexpr int kTickMilliseconds = 50;

// Nobody sees that a message is shown so much later, but the thread that relays need not wake this one for each.
constexpr std::chrono::milliseconds kGathering{1};

}  // namespace

std::optional<Error> ProxySession::run() {
  StreamQueue& queue = proxy_.queue();
  while (!queue.is_over()) {
    const bool has_more = player_.play([this](Timestamp now) { analysis_.on_time(now); });
    tick();
    if (has_more) continue;
    keep();
    output_.flush();
    if (is_stopped_) {
      queue.wait(kTickMilliseconds);
      continue;
    }
    const Wait came = has_failed() ? Wait::Interrupted : wait_for_input(queue.descriptor(), kTickMilliseconds);
    if (came == Wait::Interrupted) stop();
    if (came == Wait::Input) std::this_thread::sleep_for(kGathering);
  }
  player_.finish();
  analysis_.finish();
  keep();
  return lost_;
}

void ProxySession::add_keys(std::string_view key_log) {
  if (kept_.recorder != nullptr) kept_.recorder->add_keys(key_log);
  if (kept_.keys == nullptr) return;
  kept_.keys->write(key_log);
  if (!lost_) lost_ = kept_.keys->error();
}

// What was relayed so far stands in the file, whatever happens then.
void ProxySession::keep() {
  if (kept_.recorder == nullptr) return;
  if (const auto flushed = kept_.recorder->flush(); !flushed && !lost_) lost_ = flushed.error();
}

void ProxySession::tick() {
  const Timestamp time = capture_clock();
  if (time < next_tick_) return;
  keep();
  next_tick_ = {time.ns + kTickMilliseconds * (kSecond / 1000)};
  load_changed(
      key_logs_, [this, time](const std::string& path) { return analysis_.load_key_log(path, {.time = time}); },
      print_error);
  if (!is_stopped_ && (has_failed() || was_interrupted())) stop();
}

void ProxySession::stop() {
  is_stopped_ = true;
  proxy_.stop();
}

}  // namespace overhear
