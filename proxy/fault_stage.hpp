// One fault at work on one direction of one connection: a stage through which its bytes and its end go, with the time
// at which they do. A stage may hand them on with a later time, which nobody has to wait for: stages behind it reckon
// with that. Sans-I/O.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "proxy/dice.hpp"
#include "proxy/faults.hpp"

namespace overhear {

using FaultTime = std::chrono::steady_clock::time_point;

struct Ending {
  enum class Kind : std::uint8_t { End, Close, Reset };  // of the direction; of the connection
  Kind kind = Kind::End;
  const Fault* by = nullptr;  // of End: none
};

// What bytes go into. Times never go back; each call's bytes are one piece, which is never empty.
class ByteFlow {
 public:
  virtual ~ByteFlow() = default;
  virtual void on_bytes(Bytes bytes, FaultTime at) = 0;
  virtual void on_ending(Ending ending, FaultTime at) = 0;
};

class FaultStage : public ByteFlow {
 public:
  // By default a stage does something when something comes.
  virtual std::optional<FaultTime> next() const { return std::nullopt; }
  virtual void on_time(FaultTime) {}
  // Bytes that it has not handed on.
  virtual std::size_t held() const { return 0; }
};

// `fault` and `exit` outlive it. The connection is relayed from `start` on.
std::unique_ptr<FaultStage> make_stage(const Fault& fault, const Dice& dice, ByteFlow& exit, FaultTime start);

}  // namespace overhear
