#include "proxy/fault_stage.hpp"

#include <algorithm>

#include "proxy/slicer.hpp"

namespace overhear {
namespace {

using std::chrono::nanoseconds;

// The end of a direction takes as long as its bytes. How long a piece takes follows from where it begins, so that the
// same stream is delayed in the same way again.
class LatencyStage final : public FaultStage {
 public:
  LatencyStage(const fault::Latency& fault, const Dice& dice, ByteFlow& exit)
      : fault_(fault), dice_(dice), exit_(exit) {}

  void on_bytes(Bytes bytes, FaultTime at) override {
    exit_.on_bytes(bytes, later(at));
    offset_ += bytes.size();
  }
  void on_ending(Ending ending, FaultTime at) override { exit_.on_ending(ending, later(at)); }

 private:
  FaultTime later(FaultTime at) {
    const nanoseconds jitter = fault_.jitter;
    const auto range = 2 * static_cast<std::uint64_t>(jitter.count()) + 1;
    const nanoseconds delay =
        fault_.latency - jitter + nanoseconds(static_cast<std::int64_t>(dice_.below_at(offset_, range)));
    last_ = std::max(last_, at + std::max(delay, nanoseconds(0)));
    return last_;
  }

  fault::Latency fault_;
  Dice dice_;
  ByteFlow& exit_;
  std::uint64_t offset_ = 0;
  FaultTime last_;
};

// A piece comes when it is through. A large one is cut into what takes this long.
class BandwidthStage final : public FaultStage {
 public:
  BandwidthStage(const fault::Bandwidth& fault, ByteFlow& exit) : rate_(fault.rate), exit_(exit) {}

  void on_bytes(Bytes bytes, FaultTime at) override {
    constexpr std::uint64_t kPiece = 100;  // ms
    free_ = std::max(free_, at);
    while (!bytes.empty()) {
      const Bytes piece = bytes.first(std::min<std::size_t>(bytes.size(), rate_ * kPiece));
      free_ += nanoseconds(static_cast<std::int64_t>(piece.size() * 1'000'000 / rate_));
      exit_.on_bytes(piece, free_);
      bytes = bytes.subspan(piece.size());
    }
  }
  void on_ending(Ending ending, FaultTime at) override { exit_.on_ending(ending, std::max(free_, at)); }

 private:
  std::uint64_t rate_;  // bytes in a millisecond
  ByteFlow& exit_;
  FaultTime free_;
};

class SlowCloseStage final : public FaultStage {
 public:
  SlowCloseStage(const fault::SlowClose& fault, ByteFlow& exit) : delay_(fault.delay), exit_(exit) {}

  void on_bytes(Bytes bytes, FaultTime at) override { exit_.on_bytes(bytes, at); }
  void on_ending(Ending ending, FaultTime at) override {
    exit_.on_ending(ending, ending.kind == Ending::Kind::End ? at + delay_ : at);
  }

 private:
  std::chrono::milliseconds delay_;
  ByteFlow& exit_;
};

class TimeoutStage final : public FaultStage {
 public:
  TimeoutStage(const Fault& fault, std::chrono::milliseconds timeout, ByteFlow& exit, FaultTime start)
      : fault_(fault), exit_(exit) {
    if (timeout.count() > 0) end_ = start + timeout;
  }

  void on_bytes(Bytes, FaultTime) override {}
  void on_ending(Ending ending, FaultTime at) override {
    if (!end_ || at < *end_) exit_.on_ending(ending, at);
  }
  std::optional<FaultTime> next() const override { return end_; }
  void on_time(FaultTime now) override {
    if (!end_ || now < *end_) return;
    exit_.on_ending({Ending::Kind::Close, &fault_}, *end_);
    end_.reset();
  }

 private:
  const Fault& fault_;
  ByteFlow& exit_;
  std::optional<FaultTime> end_;
};

// As Toxiproxy's, whose time begins when the first thing is said.
class ResetPeerStage final : public FaultStage {
 public:
  ResetPeerStage(const Fault& fault, std::chrono::milliseconds timeout, ByteFlow& exit)
      : fault_(fault), timeout_(timeout), exit_(exit) {}

  void on_bytes(Bytes, FaultTime at) override { begin(at); }
  void on_ending(Ending, FaultTime at) override { begin(at); }

 private:
  void begin(FaultTime at) {
    if (has_begun_) return;
    has_begun_ = true;
    exit_.on_ending({Ending::Kind::Reset, &fault_}, at + timeout_);
  }

  const Fault& fault_;
  std::chrono::milliseconds timeout_;
  ByteFlow& exit_;
  bool has_begun_ = false;
};

class LimitDataStage final : public FaultStage {
 public:
  LimitDataStage(const Fault& fault, std::uint64_t bytes, ByteFlow& exit) : fault_(fault), left_(bytes), exit_(exit) {}

  void on_bytes(Bytes bytes, FaultTime at) override {
    if (is_over_) return;
    bytes = bytes.first(std::min<std::size_t>(bytes.size(), left_));
    left_ -= bytes.size();
    if (!bytes.empty()) exit_.on_bytes(bytes, at);
    if (left_ > 0) return;
    is_over_ = true;
    exit_.on_ending({Ending::Kind::Close, &fault_}, at);
  }
  void on_ending(Ending ending, FaultTime at) override {
    if (!is_over_) exit_.on_ending(ending, at);
  }

 private:
  const Fault& fault_;
  std::uint64_t left_;
  ByteFlow& exit_;
  bool is_over_ = false;
};

}  // namespace

std::unique_ptr<FaultStage> make_stage(const Fault& fault, const Dice& dice, ByteFlow& exit, FaultTime start) {
  struct Maker {
    std::unique_ptr<FaultStage> operator()(const fault::Latency& one) const {
      return std::make_unique<LatencyStage>(one, dice, exit);
    }
    std::unique_ptr<FaultStage> operator()(const fault::Bandwidth& one) const {
      return std::make_unique<BandwidthStage>(one, exit);
    }
    std::unique_ptr<FaultStage> operator()(const fault::SlowClose& one) const {
      return std::make_unique<SlowCloseStage>(one, exit);
    }
    std::unique_ptr<FaultStage> operator()(const fault::Timeout& one) const {
      return std::make_unique<TimeoutStage>(fault, one.timeout, exit, start);
    }
    std::unique_ptr<FaultStage> operator()(const fault::ResetPeer& one) const {
      return std::make_unique<ResetPeerStage>(fault, one.timeout, exit);
    }
    std::unique_ptr<FaultStage> operator()(const fault::Slicer& one) const {
      return std::make_unique<Slicer>(one, dice, exit);
    }
    std::unique_ptr<FaultStage> operator()(const fault::LimitData& one) const {
      return std::make_unique<LimitDataStage>(fault, one.bytes, exit);
    }

    const Fault& fault;
    const Dice& dice;
    ByteFlow& exit;
    FaultTime start;
  };
  return std::visit(Maker{fault, dice, exit, start}, fault.what);
}

}  // namespace overhear
