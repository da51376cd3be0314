// What a protocol's rules ask of a session, beyond what a message's row in the table says: who may say what when, how
// often, and what may answer what was asked. Stands behind the pairing, one per session. It judges only what it knows:
// where something was not seen, it waits until the messages tell again how things stand.
#pragma once

#include <cstdint>

#include "base/finding.hpp"
#include "dissectors/message.hpp"

namespace overhear {

// The request that a message answers, as far as it is known.
struct Asked {
  const MessageType* type_spec = nullptr;  // null: it answers nothing, or the request is not in the table
  std::uint32_t mark = 0;                  // what on_message() gave for the request
};

class Conformance {
 public:
  virtual ~Conformance() = default;

  // `message` is an object, complete but for its findings; those of this are added to `findings`. The result is
  // remembered with the message if that is a request, and comes back with its answers; 0 says nothing.
  virtual std::uint32_t on_message(const Message& message, const Asked& asked, FindingList& findings) = 0;

  // What was said before now is not all known: the session was picked up in its middle, bytes are missing, a message
  // could not be read, or the capture has the two directions out of order.
  virtual void on_loss() = 0;

  // Nothing follows. What is to be said of the session as a whole, which lasted until `time`: one side left then, or
  // nothing more was seen.
  virtual void on_end(Timestamp /*time*/, FindingList& /*findings*/) {}
};

// Messages of the two sides that are less than this apart may have passed each other on the way: who sent the later one
// need not have known of the other.
inline constexpr std::int64_t kCrossing = 500'000'000;  // ns

}  // namespace overhear
