// One direction of one connection with its faults: what its sender says goes in as it comes, and what comes out is to
// be sent as it stands, each piece by itself, when its time has come. The same seed and the same stream give the same
// pieces, delays and choices. Sans-I/O: the clock is given.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/fault_stage.hpp"

namespace overhear {

class FaultLine final : private ByteFlow {
 public:
  // Those of one connection and one direction (see faults_of), relayed from `start` on.
  FaultLine(FaultPlan plan, FaultTime start);
  FaultLine(const FaultLine&) = delete;

  const std::vector<Fault>& faults() const { return plan_.faults; }

  // Times never go back. Behind an end nothing may come.
  void push(Bytes bytes, FaultTime now);
  void push_end(FaultTime now);

  struct Step {
    std::string bytes = {};             // one piece; or, where it is empty,
    std::optional<Ending> ending = {};  // this
  };
  // The next thing that is due.
  std::optional<Step> take(FaultTime now);
  // When there may be something to take; none: not before more comes.
  std::optional<FaultTime> next() const;

  // Bytes in it, and what it takes to know them apart.
  std::size_t held() const;
  // Whether more may come now. What comes nevertheless is kept.
  bool has_room() const { return held() < kRoom; }
  // Whether all that came has been taken.
  bool is_empty() const { return pieces_.empty() && held_by_stages() == 0; }
  // Nobody takes anything any more.
  void discard();

  static constexpr std::size_t kRoom = 1u << 20;

 private:
  struct Piece {
    FaultTime due;
    std::size_t size = 0;
    std::optional<Ending> ending;
  };

  // From the last stage.
  void on_bytes(Bytes bytes, FaultTime at) override;
  void on_ending(Ending ending, FaultTime at) override;

  void put(Piece piece);
  std::size_t held_by_stages() const;

  FaultPlan plan_;
  std::vector<std::unique_ptr<FaultStage>> stages_;  // the first is the file's last
  std::deque<Piece> pieces_;
  std::string bytes_;      // of the pieces, of which
  std::size_t taken_ = 0;  // so many are taken
  bool is_over_ = false;   // the last piece ends the connection
};

}  // namespace overhear
