// Whether the client's heartbeats come at the rate that the server has named, and what the server makes of it. The
// specification names no margin: a heartbeat is called late behind one and a half times the rate and a second, and
// overdue behind three times the rate, when javacat disconnects.
#pragma once

#include <cstdint>
#include <optional>

#include "dissectors/conformance.hpp"

namespace overhear::mcp {

class Heartbeat {
 public:
  void on_accepted(const Message& message, FindingList& findings);
  void on_ping(Timestamp at, FindingList& findings);
  // `is_accepted`: the client is logged in; only then heartbeats are due. Not known: nothing is said.
  void on_timeout(const Message& message, std::optional<bool> is_accepted, FindingList& findings);
  // Any message behind the end that the server has told of.
  void check_timed_out(const Message& message, FindingList& findings);
  void on_loss() { last_.reset(); }
  void on_end(Timestamp at, FindingList& findings) const;

 private:
  std::int64_t rate_ = 0;            // ns; 0: not known
  std::optional<Timestamp> last_;    // heartbeat, or the acceptance
  std::optional<Timestamp> before_;  // the one before that
  std::optional<Timestamp> timed_out_;
  bool has_beaten_ = false;
  bool is_told_[2] = {false, false};  // by Direction: that all is over
};

}  // namespace overhear::mcp
