#include "session/key_wait.hpp"

#include <utility>

namespace overhear {
namespace {

// Of a session at rest with its layers: what a closed connection would give back if it did not wait.
constexpr std::size_t kSessionBytes = 4096;

Timestamp later(Timestamp time, std::int64_t span) {
  return {time.ns > INT64_MAX - span ? INT64_MAX : time.ns + span};
}

}  // namespace

class KeyWait::Guard final : public StreamConsumer {
 public:
  Guard(KeyWait& all, std::unique_ptr<Session> session)
      : all_(all), mine_(std::make_unique<Waiting>(std::move(session))) {}
  ~Guard() override {
    if (mine_ && mine_->is_waiting) all_.leave(*mine_);
  }

  void on_bytes(Side from, Bytes bytes, const Stamp& at) override {
    pass([&](StreamConsumer& to) { to.on_bytes(from, bytes, at); });
  }
  void on_gap(Side from, std::uint64_t missing, const Stamp& at) override {
    pass([&](StreamConsumer& to) { to.on_gap(from, missing, at); });
  }
  void on_end(Side from, const Stamp& at) override {
    pass([&](StreamConsumer& to) { to.on_end(from, at); });
  }
  void on_closed(CloseReason reason, const Stamp& at) override {
    pass([&](StreamConsumer& to) { to.on_closed(reason, at); });
    if (mine_->is_waiting) all_.adopt(std::move(mine_));
  }
  void on_finding(std::optional<Side> from, Finding& finding, const Stamp& at) override {
    pass([&](StreamConsumer& to) { to.on_finding(from, finding, at); });
  }

 private:
  template <typename Tell>
  void pass(const Tell& tell) {
    if (mine_->is_waiting) {
      tell(mine_->events);
      return all_.held(*mine_);
    }
    tell(*mine_->session);
    if (mine_->session->lacks_key()) all_.begin(*mine_);
  }

  KeyWait& all_;
  std::unique_ptr<Waiting> mine_;
};

std::unique_ptr<StreamConsumer> KeyWait::guard(std::unique_ptr<Session> session) {
  return std::make_unique<Guard>(*this, std::move(session));
}

void KeyWait::begin(Waiting& waiting) {
  waiting.is_waiting = true;
  waiting.revision = keys_.revision();
  waiting.deadline = later(now_, limits_.key_wait_ns);
  waiting.place = queue_.insert(queue_.end(), {&waiting, nullptr});
  count(waiting, kSessionBytes);
}

// Something more waits.
void KeyWait::held(Waiting& waiting) {
  if (waiting.revision != keys_.revision()) return ask(waiting, false);
  count(waiting, kSessionBytes + waiting.events.memory());
}

void KeyWait::adopt(std::unique_ptr<Waiting> waiting) {
  Place& place = *waiting->place;
  place.owned = std::move(waiting);
}

// Gives up the longest wait while all together hold too much.
void KeyWait::count(Waiting& waiting, std::size_t bytes) {
  memory_ += bytes - std::exchange(waiting.counted, bytes);
  while (memory_ > limits_.key_wait_bytes && !queue_.empty()) ask(*queue_.front().waiting, true);
}

void KeyWait::ask(Waiting& waiting, bool is_over) {
  waiting.revision = keys_.revision();
  waiting.session->retry(is_over);
  while (!waiting.session->lacks_key() && !waiting.events.empty()) waiting.events.tell_first(*waiting.session);
  if (!waiting.session->lacks_key()) return leave(waiting);
  count(waiting, kSessionBytes + waiting.events.memory());
}

void KeyWait::leave(Waiting& waiting) {
  memory_ -= std::exchange(waiting.counted, 0);
  waiting.is_waiting = false;
  queue_.erase(waiting.place);  // and with it the session, where its connection is closed
}

void KeyWait::expire() {
  while (!queue_.empty() && queue_.front().waiting->deadline <= now_) ask(*queue_.front().waiting, true);
}

void KeyWait::on_keys() {
  // Who is asked holds no more than before, so that nobody else is given up meanwhile.
  for (auto place = queue_.begin(); place != queue_.end();) {
    Waiting& waiting = *place->waiting;
    ++place;
    if (waiting.revision != keys_.revision()) ask(waiting, false);
  }
}

void KeyWait::finish() {
  while (!queue_.empty()) ask(*queue_.front().waiting, true);
}

}  // namespace overhear
