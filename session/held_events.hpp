// What happened on one connection, kept in order to be told later as if it happened then: the same events with the same
// stamps. Knows nothing of who waits for what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>

#include "base/stream_event.hpp"

namespace overhear {

class HeldEvents final : public StreamConsumer {
 public:
  // Keep a copy.
  void on_bytes(Side from, Bytes bytes, const Stamp& at) override;
  void on_gap(Side from, std::uint64_t missing, const Stamp& at) override;
  void on_end(Side from, const Stamp& at) override;
  void on_closed(CloseReason reason, const Stamp& at) override;
  void on_finding(std::optional<Side> from, Finding& finding, const Stamp& at) override;

  bool empty() const { return events_.empty(); }
  // Tells the first one and forgets it. REQUIRES: !empty().
  void tell_first(StreamConsumer& consumer);
  // What keeping them takes, in bytes.
  std::size_t memory() const { return memory_; }

 private:
  struct Data {
    Side from;
    std::string bytes;
  };
  struct Gap {
    Side from;
    std::uint64_t missing;
  };
  struct End {
    Side from;
  };
  struct Closed {
    CloseReason reason;
  };
  struct Observed {
    std::optional<Side> from;
    Finding finding;
  };
  struct Event {
    std::variant<Data, Gap, End, Closed, Observed> what;
    Stamp at;
  };

  static std::size_t cost_of(const Event& event);
  void keep(Event event);

  std::deque<Event> events_;
  std::size_t memory_ = 0;
};

}  // namespace overhear
