#include "base/record_queue.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace overhear {
namespace {

constexpr std::size_t kBlockBytes = 512u << 10;  // of one block; almost any record fits
// Blocks kept for later when nothing waits; the others go back to the system.
constexpr std::size_t kSpareBlocks = 8;

// In front of each record stands its length.
using Length = std::uint64_t;
static_assert(sizeof(Length) == RecordQueue::kAlignment);

std::size_t space_for(std::size_t length) {
  constexpr std::size_t kStep = RecordQueue::kAlignment;
  return sizeof(Length) + (length + kStep - 1) / kStep * kStep;
}

std::uint8_t* put(std::uint8_t* at, Bytes bytes) {
  if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  return at + bytes.size();
}

}  // namespace

RecordQueue::RecordQueue(std::size_t bytes) : limit_(bytes), event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

RecordQueue::~RecordQueue() {
  if (event_ >= 0) ::close(event_);
}

// The block that `length` more bytes fit into.
RecordQueue::Block& RecordQueue::block_for(std::size_t length) {
  if (!waiting_.empty() && waiting_.back().bytes.size() - waiting_.back().used >= length) return waiting_.back();
  Block block;
  if (!spare_.empty()) {
    block = std::move(spare_.back());
    spare_.pop_back();
  }
  if (block.bytes.size() < length) block.bytes.resize(std::max(kBlockBytes, length));
  held_ += block.bytes.size();
  return waiting_.emplace_back(std::move(block));
}

bool RecordQueue::append(Bytes head, Bytes body, std::size_t limit) {
  const Length length = head.size() + body.size();
  const std::size_t space = space_for(length);
  bool is_new_block = false;
  {
    const std::scoped_lock lock(mutex_);
    const bool fits = !waiting_.empty() && waiting_.back().bytes.size() - waiting_.back().used >= space;
    if (!fits && held_ > 0 && held_ + std::max(kBlockBytes, space) > limit) return false;
    is_new_block = !fits && !waiting_.empty();
    Block& block = block_for(space);
    std::uint8_t* at = block.bytes.data() + block.used;
    std::memcpy(at, &length, sizeof length);
    at = put(at + sizeof length, head);
    put(at, body);
    block.used += space;
  }
  if (is_new_block) wake();
  return true;
}

void RecordQueue::wake() {
  if (!is_told_.exchange(true)) (void)::eventfd_write(event_, 1);
}

bool RecordQueue::wait_for_room() {
  std::unique_lock lock(mutex_);
  has_room_.wait(lock, [this] { return held_ + kBlockBytes <= limit_ || held_ == 0 || is_abandoned_; });
  return !is_abandoned_;
}

bool RecordQueue::is_overfull() {
  const std::scoped_lock lock(mutex_);
  return held_ / 2 > limit_;
}

void RecordQueue::close() {
  {
    const std::scoped_lock lock(mutex_);
    is_closed_ = true;
  }
  wake();
}

// REQUIRES: the lock.
void RecordQueue::release_taken() {
  held_ -= taken_.bytes.size();
  taken_.used = 0;
  if (spare_.size() < kSpareBlocks && taken_.bytes.size() == kBlockBytes) spare_.push_back(std::move(taken_));
  taken_ = {};
}

bool RecordQueue::take(const OnRecord& on_record) {
  {
    const std::scoped_lock lock(mutex_);
    release_taken();
    has_room_.notify_one();
    if (waiting_.empty()) {
      eventfd_t count = 0;
      (void)::eventfd_read(event_, &count);  // under the lock: a push behind it is told anew
      is_told_ = false;
      return false;
    }
    taken_ = std::move(waiting_.front());
    waiting_.pop_front();
  }
  Length length = 0;
  for (std::size_t at = 0; at < taken_.used; at += space_for(length)) {
    std::memcpy(&length, taken_.bytes.data() + at, sizeof length);
    on_record({taken_.bytes.data() + at + sizeof length, length});
  }
  return true;
}

bool RecordQueue::is_over() {
  const std::scoped_lock lock(mutex_);
  return is_closed_ && waiting_.empty();
}

void RecordQueue::wait(int milliseconds) const {
  pollfd input{.fd = event_, .events = POLLIN, .revents = 0};
  (void)::poll(&input, 1, milliseconds);
}

void RecordQueue::abandon() {
  {
    const std::scoped_lock lock(mutex_);
    is_abandoned_ = true;
    waiting_.clear();
  }
  has_room_.notify_one();
}

}  // namespace overhear
