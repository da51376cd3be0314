#include "proxy/slicer.hpp"

#include <algorithm>
#include <utility>

namespace overhear {

Slicer::Slicer(const fault::Slicer& fault, const Dice& dice, ByteFlow& exit)
    : fault_(fault), dice_(dice), exit_(exit), cuts_(Dice({dice_.roll()})), left_(next_size()) {}

std::uint64_t Slicer::next_size() {
  return fault_.average_size == 0 ? kUnknownSize : dice_.near(fault_.average_size, fault_.size_variation);
}

bool Slicer::is_cut_before(std::uint8_t byte) {
  bool is_cut = false;
  if (fault_.is_at_worst || fault_.glues) is_cut = cuts_.step(byte) && fault_.is_at_worst;
  if (fault_.average_size == 0 && (!fault_.is_at_worst || cuts_.knows_messages())) return is_cut;
  if (left_ == 0) {
    left_ = next_size();
    is_cut = true;
  }
  --left_;
  return is_cut;
}

void Slicer::on_bytes(Bytes bytes, FaultTime at) {
  if (!waiting_.empty() && at > waits_until_) send_waiting(waits_until_);
  std::size_t begin = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool was_between = cuts_.is_between();
    if (is_cut_before(bytes[i]) && (i > begin || !waiting_.empty())) {
      send(bytes.subspan(begin, i - begin), at);
      begin = i;
    }
    is_glued_ |= was_between && !cuts_.is_between() && (i > begin || !waiting_.empty());
  }
  const Bytes rest = bytes.subspan(begin);
  if (!fault_.glues || is_glued_ || !cuts_.is_between()) return send(rest, at);
  if (waiting_.empty()) waits_until_ = at + kGlueTime;
  waiting_ += as_text(rest);
  if (waiting_.size() > kMostGlued) send_waiting(at);
}

void Slicer::on_ending(Ending ending, FaultTime at) {
  if (!waiting_.empty()) send_waiting(std::min(at, waits_until_));
  exit_.on_ending(ending, std::max(at, last_));
}

std::optional<FaultTime> Slicer::next() const {
  if (waiting_.empty()) return std::nullopt;
  return waits_until_;
}

void Slicer::on_time(FaultTime now) {
  if (!waiting_.empty() && now >= waits_until_) send_waiting(waits_until_);
}

void Slicer::send_waiting(FaultTime at) {
  send({}, at);
}

// One piece: these bytes, behind what waits.
void Slicer::send(Bytes bytes, FaultTime at) {
  last_ = std::max(at, free_);
  free_ = last_ + fault_.delay;
  is_glued_ = false;
  if (waiting_.empty()) return exit_.on_bytes(bytes, last_);
  const std::string piece = std::exchange(waiting_, {}) + std::string(as_text(bytes));
  exit_.on_bytes(as_bytes(piece), last_);
}

}  // namespace overhear
