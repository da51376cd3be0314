#include "proxy/fault_line.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace overhear {

FaultLine::FaultLine(FaultPlan plan, FaultTime start) : plan_(std::move(plan)) {
  ByteFlow* exit = this;
  for (std::size_t i = plan_.faults.size(); i-- > 0;) {
    stages_.push_back(make_stage(plan_.faults[i], Dice({plan_.seed, i, 1}), *exit, start));
    exit = stages_.back().get();
  }
}

void FaultLine::push(Bytes bytes, FaultTime now) {
  if (bytes.empty()) return;
  ByteFlow& first = stages_.empty() ? static_cast<ByteFlow&>(*this) : *stages_.back();
  first.on_bytes(bytes, now);
}

void FaultLine::push_end(FaultTime now) {
  ByteFlow& first = stages_.empty() ? static_cast<ByteFlow&>(*this) : *stages_.back();
  first.on_ending({}, now);
}

std::optional<FaultLine::Step> FaultLine::take(FaultTime now) {
  for (const auto& stage : stages_ | std::views::reverse) {
    const auto next = stage->next();
    if (next && *next <= now) stage->on_time(now);
  }
  if (pieces_.empty() || pieces_.front().due > now) return std::nullopt;
  const Piece piece = std::move(pieces_.front());
  pieces_.pop_front();
  Step out{bytes_.substr(taken_, piece.size), piece.ending};
  taken_ += piece.size;
  if (taken_ * 2 > bytes_.size()) bytes_.erase(0, std::exchange(taken_, 0));
  return out;
}

std::optional<FaultTime> FaultLine::next() const {
  std::optional<FaultTime> out;
  if (!pieces_.empty()) out = pieces_.front().due;
  for (const auto& stage : stages_) {
    const auto next = stage->next();
    if (next && (!out || *next < *out)) out = next;
  }
  return out;
}

std::size_t FaultLine::held_by_stages() const {
  std::size_t out = 0;
  for (const auto& stage : stages_) out += stage->held();
  return out;
}

std::size_t FaultLine::held() const {
  return bytes_.size() - taken_ + pieces_.size() * sizeof(Piece) + held_by_stages();
}

void FaultLine::discard() {
  stages_.clear();
  pieces_.clear();
  bytes_ = {};
  taken_ = 0;
  is_over_ = true;
}

void FaultLine::on_bytes(Bytes bytes, FaultTime at) {
  if (is_over_) return;
  bytes_ += as_text(bytes);
  put({at, bytes.size(), std::nullopt});
}

void FaultLine::on_ending(Ending ending, FaultTime at) {
  if (is_over_) return;
  is_over_ = ending.kind != Ending::Kind::End;
  put({at, 0, ending});
}

void FaultLine::put(Piece piece) {
  if (!pieces_.empty()) piece.due = std::max(piece.due, pieces_.back().due);
  pieces_.push_back(std::move(piece));
}

}  // namespace overhear
