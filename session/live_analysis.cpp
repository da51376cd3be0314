#include "session/live_analysis.hpp"

#include <fmt/format.h>

#include "capture/file_rules.hpp"
#include "session/load_changed.hpp"

namespace overhear {
namespace {

// How often time goes on, and key logs are looked at, where no packet comes.
constexpr int kTickMilliseconds = 50;

}  // namespace

std::optional<Error> LiveAnalysis::run() {
  PacketQueue& queue = capture_.queue();
  const PacketQueue::OnPacket on_packet = [this](const Packet& packet) { take(packet); };
  while (!host_.has_failed()) {
    const Timestamp drained = capture_.drained_until();  // before the look at the queue, which may get packets then
    const bool has_packets = queue.take(on_packet);
    analysis_.drain();
    if (!has_packets && queue.is_over()) break;
    if (tick() && !has_packets && drained > last_.time) analysis_.advance(drained);
    host_.flush();
    if (!has_packets) wait();
  }
  capture_.stop();
  if (host_.has_failed()) queue.abandon();
  std::optional<Error> lost = capture_.join();
  if (!host_.has_failed()) tell_of_missing(capture_.packets() + 1);
  load_keys();  // the last time that it can open what waits
  analysis_.finish();
  return lost;
}

void LiveAnalysis::load_keys() {
  load_changed(
      key_logs_, [this](const std::string& path) { return analysis_.load_key_log(path); },
      [this](const Error& error) { host_.tell(error); });
}

void LiveAnalysis::wait() {
  if (is_stopped_) {
    capture_.queue().wait(kTickMilliseconds);
  } else if (host_.wait(capture_.queue().descriptor(), kTickMilliseconds) == LiveWait::Stopped) {
    stop();
  }
}

void LiveAnalysis::stop() {
  is_stopped_ = true;
  capture_.stop();
}

void LiveAnalysis::take(const Packet& packet) {
  tell_of_missing(packet.number);
  last_ = {packet.time, packet.number};
  analysis_.feed(packet);
}

void LiveAnalysis::tell_of_missing(std::uint64_t number) {
  const std::uint64_t missing = number - last_.packet - 1;
  if (missing == 0) return;
  Finding finding{.rule = &file_rules::kNotAnalysed,
                  .spec = {},
                  .text = fmt::format("{} packet{} came faster than they could be looked at; the file holds them",
                                      missing, missing == 1 ? "" : "s"),
                  .field = {},
                  .bytes = {}};
  analysis_.report(finding, last_);
  last_.packet = number - 1;
}

bool LiveAnalysis::tick() {
  const Timestamp time = capture_clock();
  if (time < next_tick_) return false;
  next_tick_ = {time.ns + kTickMilliseconds * (kSecond / 1000)};
  load_keys();
  if (!is_stopped_ && host_.wait(-1, 0) == LiveWait::Stopped) stop();
  return true;
}

}  // namespace overhear
