#include "capture/packet_queue.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace overhear {
namespace {

constexpr std::size_t kBlockBytes = 512u << 10;  // of one block; any packet fits
// Blocks kept for later when nothing waits; the others go back to the system.
constexpr std::size_t kSpareBlocks = 8;

// In front of each packet's bytes in a block.
struct Head {
  std::uint64_t number;
  Timestamp time;
  std::uint32_t interface;
  int link_type;
  std::uint32_t length;
  std::uint32_t original_length;
};

std::size_t space_for(std::size_t length) {
  const std::size_t aligned = (length + alignof(Head) - 1) / alignof(Head) * alignof(Head);
  return sizeof(Head) + aligned;
}

}  // namespace

PacketQueue::PacketQueue(std::size_t bytes) : limit_(bytes), event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

PacketQueue::~PacketQueue() {
  if (event_ >= 0) ::close(event_);
}

// The block that `length` more bytes fit into.
PacketQueue::Block& PacketQueue::block_for(std::size_t length) {
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

bool PacketQueue::push(const Packet& packet) {
  const std::size_t length = space_for(packet.bytes.size());
  bool is_new_block = false;
  {
    const std::scoped_lock lock(mutex_);
    const bool fits = !waiting_.empty() && waiting_.back().bytes.size() - waiting_.back().used >= length;
    if (!fits && held_ > 0 && held_ + std::max(kBlockBytes, length) > limit_) return false;
    is_new_block = !fits && !waiting_.empty();
    Block& block = block_for(length);
    const Head head{.number = packet.number,
                    .time = packet.time,
                    .interface = packet.interface,
                    .link_type = packet.link_type,
                    .length = static_cast<std::uint32_t>(packet.bytes.size()),
                    .original_length = packet.original_length};
    std::uint8_t* const at = block.bytes.data() + block.used;
    std::memcpy(at, &head, sizeof head);
    if (!packet.bytes.empty()) std::memcpy(at + sizeof head, packet.bytes.data(), packet.bytes.size());
    block.used += length;
  }
  if (is_new_block) wake();
  return true;
}

void PacketQueue::wake() {
  (void)::eventfd_write(event_, 1);
}

bool PacketQueue::wait_for_room() {
  std::unique_lock lock(mutex_);
  has_room_.wait(lock, [this] { return held_ + kBlockBytes <= limit_ || held_ == 0 || is_abandoned_; });
  return !is_abandoned_;
}

void PacketQueue::close() {
  {
    const std::scoped_lock lock(mutex_);
    is_closed_ = true;
  }
  wake();
}

// REQUIRES: the lock.
void PacketQueue::release_taken() {
  held_ -= taken_.bytes.size();
  taken_.used = 0;
  if (spare_.size() < kSpareBlocks && taken_.bytes.size() == kBlockBytes) spare_.push_back(std::move(taken_));
  taken_ = {};
}

bool PacketQueue::take(const OnPacket& on_packet) {
  {
    const std::scoped_lock lock(mutex_);
    release_taken();
    has_room_.notify_one();
    if (waiting_.empty()) {
      eventfd_t count = 0;
      (void)::eventfd_read(event_, &count);  // under the lock: a push behind it is told anew
      return false;
    }
    taken_ = std::move(waiting_.front());
    waiting_.pop_front();
  }
  Packet packet;
  for (std::size_t at = 0; at < taken_.used; at += space_for(packet.bytes.size())) {
    Head head;
    std::memcpy(&head, taken_.bytes.data() + at, sizeof head);
    packet.number = head.number;
    packet.time = head.time;
    packet.interface = head.interface;
    packet.link_type = head.link_type;
    packet.bytes = {taken_.bytes.data() + at + sizeof head, head.length};
    packet.original_length = head.original_length;
    on_packet(packet);
  }
  return true;
}

bool PacketQueue::is_over() {
  const std::scoped_lock lock(mutex_);
  return is_closed_ && waiting_.empty();
}

void PacketQueue::wait(int milliseconds) const {
  pollfd input{.fd = event_, .events = POLLIN, .revents = 0};
  (void)::poll(&input, 1, milliseconds);
}

void PacketQueue::abandon() {
  {
    const std::scoped_lock lock(mutex_);
    is_abandoned_ = true;
    waiting_.clear();
  }
  has_room_.notify_one();
}

}  // namespace overhear
