// Sessions that wait for a key. Where keys may come behind the data that they open (KeyStore::may_grow), a session
// whose layer lacks one is stopped, and all that happens on its connection is held back in order, until it is asked
// again: when its next event finds new keys, when Limits::key_wait_ns of capture time are over, when all that wait hold
// more than Limits::key_wait_bytes, or at the end of the capture. So a session says the same, under the same numbers,
// as if all keys had been there from the start; only sessions that never wait may be told before it.
//
// The wait is the connection's, from the first bytes that lack a key: when it is over, later ones wait no more, and a
// key that comes then opens what comes after it. What went out as encrypted is never taken back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>

#include "base/limits.hpp"
#include "base/stream_event.hpp"
#include "base/time.hpp"
#include "decrypt/key_store.hpp"
#include "session/held_events.hpp"
#include "session/session.hpp"

namespace overhear {

class KeyWait {
 public:
  // Both outlive this, and this outlives the consumers that it makes.
  KeyWait(const KeyStore& keys, const Limits& limits) : keys_(keys), limits_(limits) {}
  KeyWait(const KeyWait&) = delete;

  // Stands before a session and stops it while it lacks a key, also when its connection is closed.
  std::unique_ptr<StreamConsumer> guard(std::unique_ptr<Session> session);

  // Capture time has moved on, before anything of that time is told.
  void on_time(Timestamp now) {
    if (now > now_) now_ = now;
    if (!queue_.empty() && queue_.front().waiting->deadline <= now_) [[unlikely]]
      expire();
  }
  // There may be new keys, and nothing else happens: asks all that wait. KeyStore::revision() tells that it is
  // worthwhile.
  void on_keys();
  // No more keys come. REQUIRES: all connections are closed.
  void finish();

 private:
  class Guard;
  struct Waiting;
  struct Place {
    Waiting* waiting;
    std::unique_ptr<Waiting> owned;  // where the connection is closed
  };
  // One connection's session, and while it lacks a key its place in the queue.
  struct Waiting {
    explicit Waiting(std::unique_ptr<Session> one) : session(std::move(one)) {}

    std::unique_ptr<Session> session;
    HeldEvents events;
    std::size_t counted = 0;     // of memory_
    std::uint64_t revision = 0;  // of the keys that it was asked with
    Timestamp deadline{};
    bool is_waiting = false;
    std::list<Place>::iterator place{};
  };

  void begin(Waiting& waiting);
  void held(Waiting& waiting);
  void adopt(std::unique_ptr<Waiting> waiting);
  void ask(Waiting& waiting, bool is_over);
  void leave(Waiting& waiting);
  void count(Waiting& waiting, std::size_t bytes);
  void expire();

  const KeyStore& keys_;
  const Limits& limits_;
  std::list<Place> queue_;  // in the order in which their waits began, so of their deadlines
  std::size_t memory_ = 0;  // of all that wait
  Timestamp now_{INT64_MIN};
};

}  // namespace overhear
