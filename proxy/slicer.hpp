// The stage that cuts a stream into pieces, and glues the end of one message to the beginning of the next: for peers
// that take what one recv brings for one message. Where it cuts follows from the stream alone, never from how it came;
// what comes is not held for the rest of a piece, except to glue it.
#pragma once

#include <string>

#include "proxy/fault_stage.hpp"
#include "proxy/worst_cuts.hpp"

namespace overhear {

class Slicer final : public FaultStage {
 public:
  // So long the end of a message waits for the next one.
  static constexpr std::chrono::milliseconds kGlueTime{20};
  // The size where only the worst places were asked for, in a stream that has none which are known.
  static constexpr std::uint64_t kUnknownSize = 512;
  // What is glued may take.
  static constexpr std::size_t kMostGlued = 256u << 10;

  Slicer(const fault::Slicer& fault, const Dice& dice, ByteFlow& exit);

  void on_bytes(Bytes bytes, FaultTime at) override;
  void on_ending(Ending ending, FaultTime at) override;
  std::optional<FaultTime> next() const override;
  void on_time(FaultTime now) override;
  std::size_t held() const override { return waiting_.size(); }

 private:
  bool is_cut_before(std::uint8_t byte);
  std::uint64_t next_size();
  void send(Bytes bytes, FaultTime at);
  void send_waiting(FaultTime at);

  fault::Slicer fault_;
  Dice dice_;
  ByteFlow& exit_;
  WorstCuts cuts_;
  std::uint64_t left_;     // before the next cut by size
  bool is_glued_ = false;  // in the piece that is not yet sent, a message ends and another begins
  std::string waiting_;    // the end of a message
  FaultTime waits_until_;
  FaultTime free_;  // when the next piece may come
  FaultTime last_;  // when the last one comes
};

}  // namespace overhear
