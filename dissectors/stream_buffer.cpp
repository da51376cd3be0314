#include "dissectors/stream_buffer.hpp"

#include <algorithm>
#include <cassert>

namespace overhear {
namespace {

constexpr std::size_t kKeptCapacity = 4096;  // a buffer that once held a large message gives the memory back

}  // namespace

void Carrier::clear() {
  has_first_ = false;
  packets_.clear();
}

void Carrier::add(const Stamp& stamp, std::size_t limit) {
  if (!has_first_) {
    has_first_ = true;
    first_ = last_ = stamp.time;
  }
  first_ = std::min(first_, stamp.time);
  last_ = std::max(last_, stamp.time);
  if (stamp.packet == 0) return;
  if (!packets_.empty() && packets_.back() == stamp.packet) return;
  if (packets_.size() >= limit && limit != 0) {
    packets_.back() = std::max(packets_.back(), stamp.packet);
    return;
  }
  if (packets_.empty() || packets_.back() < stamp.packet) {
    packets_.push_back(stamp.packet);
    return;
  }
  const auto place = std::ranges::lower_bound(packets_, stamp.packet);
  if (place == packets_.end() || *place != stamp.packet) packets_.insert(place, stamp.packet);
}

void StreamBuffer::push(Bytes chunk, const Stamp& at) {
  if (chunk.empty()) return;
  append(chunk);
  marks_.push_back({base_ + end_, at});
}

void StreamBuffer::push(Bytes chunk, const Carrier& by) {
  if (chunk.empty()) return;
  append(chunk);
  const auto& packets = by.packets();
  const std::uint64_t end = base_ + end_;
  marks_.push_back({end, {by.first(), packets.empty() ? 0 : packets.front()}});
  for (std::size_t i = 1; i < packets.size(); ++i) marks_.push_back({end, {by.last(), packets[i]}});
  if (packets.size() < 2 && by.first() != by.last()) marks_.push_back({end, {by.last(), marks_.back().stamp.packet}});
}

void StreamBuffer::append(Bytes chunk) {
  assert(!is_borrowed_ && "settle() before the next push");
  if (read_ == end_) {
    base_ += read_;
    storage_.clear();
    borrowed_ = as_text(chunk).data();
    is_borrowed_ = true;
    read_ = 0;
    end_ = chunk.size();
    marks_.clear();
    first_mark_ = 0;
  } else {
    if (read_ > storage_.size() / 2) {
      storage_.erase(0, read_);
      base_ += read_;
      read_ = 0;
    }
    storage_.append(as_text(chunk));
    end_ = storage_.size();
  }
}

void StreamBuffer::settle() {
  if (is_borrowed_) {
    storage_.assign(borrowed_ + read_, end_ - read_);
    base_ += read_;
    end_ -= read_;
    read_ = 0;
    is_borrowed_ = false;
    borrowed_ = nullptr;
  }
  if (read_ == end_) {
    base_ += read_;
    read_ = end_ = 0;
    storage_.clear();
    if (storage_.capacity() > kKeptCapacity) storage_.shrink_to_fit();
    marks_.clear();
    first_mark_ = 0;
  } else if (first_mark_ > 64 && first_mark_ > marks_.size() / 2) {
    marks_.erase(marks_.begin(), marks_.begin() + static_cast<std::ptrdiff_t>(first_mark_));
    first_mark_ = 0;
  }
}

void StreamBuffer::consume(std::size_t bytes) {
  assert(bytes <= size());
  read_ += bytes;
  while (first_mark_ < marks_.size() && marks_[first_mark_].end <= base_ + read_) ++first_mark_;
}

void StreamBuffer::carried(std::size_t from, std::size_t length, Carrier& carrier, std::size_t packet_limit) const {
  const std::uint64_t begin = base_ + read_ + from;
  const std::uint64_t end = begin + length;
  auto mark = marks_.begin() + static_cast<std::ptrdiff_t>(first_mark_);
  if (from > 0) mark = std::ranges::upper_bound(mark, marks_.end(), begin, {}, &Mark::end);
  for (std::uint64_t last = 0; mark != marks_.end(); ++mark) {
    if (last >= end && mark->end > last) return;
    carrier.add(mark->stamp, packet_limit);
    last = mark->end;
  }
}

}  // namespace overhear
