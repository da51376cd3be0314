#include "capture/waiting_segments.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <iterator>
#include <utility>

namespace overhear {

namespace {

StreamOffset end_of(const auto& entry) {
  return entry.first + static_cast<StreamOffset>(entry.second.size);
}

}  // namespace

void WaitingSegments::add(Map::iterator before, StreamOffset start, Bytes bytes, std::uint64_t packet) {
  Segment segment;
  segment.data = std::make_unique_for_overwrite<std::uint8_t[]>(bytes.size());
  std::memcpy(segment.data.get(), bytes.data(), bytes.size());
  segment.size = static_cast<std::uint32_t>(bytes.size());
  segment.packet = packet;
  segments_.emplace_hint(before, start, std::move(segment));
  cost_ += bytes.size() + kOverhead;
}

std::size_t WaitingSegments::insert(StreamOffset start, Bytes bytes, std::uint64_t packet) {
  const StreamOffset end = start + static_cast<StreamOffset>(bytes.size());
  const auto part = [&](StreamOffset from, StreamOffset to) {
    return bytes.subspan(static_cast<std::size_t>(from - start), static_cast<std::size_t>(to - from));
  };
  auto next = segments_.upper_bound(start);
  if (next != segments_.begin() && end_of(*std::prev(next)) > start) --next;

  std::size_t conflicting = 0;
  for (StreamOffset at = start; at < end; ++next) {
    const StreamOffset occupied = next == segments_.end() ? end : std::min(end, next->first);
    if (at < occupied) {
      add(next, at, part(at, occupied), packet);
      at = occupied;
    }
    if (at == end) break;
    const StreamOffset overlap_end = std::min(end, end_of(*next));
    const Bytes again = part(at, overlap_end);
    if (std::memcmp(again.data(), next->second.data.get() + (at - next->first), again.size()) != 0) {
      conflicting += again.size();
    }
    at = overlap_end;
  }
  return conflicting;
}

std::size_t WaitingSegments::truncate(StreamOffset end) {
  std::size_t dropped = 0;
  while (!segments_.empty()) {
    auto last = std::prev(segments_.end());
    if (end_of(*last) <= end) break;
    const auto kept = static_cast<std::uint32_t>(std::max<StreamOffset>(0, end - last->first));
    dropped += last->second.size - kept;
    cost_ -= last->second.size - kept;
    last->second.size = kept;
    if (kept != 0) break;
    cost_ -= kOverhead;
    segments_.erase(last);
  }
  return dropped;
}

void WaitingSegments::acknowledge(StreamOffset from, StreamOffset to, const AcknowledgedSince& since) {
  for (auto at = segments_.lower_bound(from); at != segments_.end() && at->first <= to; ++at) {
    if (!at->second.acknowledged.is_set) at->second.acknowledged = since;
  }
}

StreamOffset WaitingSegments::end() const {
  assert(!segments_.empty());
  return end_of(*std::prev(segments_.end()));
}

WaitingSegments::Segment WaitingSegments::take_front() {
  assert(!segments_.empty());
  auto node = segments_.extract(segments_.begin());
  cost_ -= node.mapped().size + kOverhead;
  return std::move(node.mapped());
}

}  // namespace overhear
