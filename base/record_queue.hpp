// Records on their way from the thread that makes them to the one that looks at them: one writer, one reader, and a
// bound on what may lie between. Records are copied, in order, into blocks that are used again.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "base/bytes.hpp"

namespace overhear {

class RecordQueue {
 public:
  // `bytes`: how much may wait; a single record always may.
  explicit RecordQueue(std::size_t bytes);
  ~RecordQueue();
  RecordQueue(const RecordQueue&) = delete;

  // The writer's. A record is both parts, one behind the other. False: there is no room, and nothing was kept.
  bool push(Bytes head, Bytes body) { return append(head, body, limit_); }
  // The same for what the reader must not miss, and is small and rare: there is always room.
  void push_always(Bytes head, Bytes body = {}) { (void)append(head, body, SIZE_MAX); }
  // Tells the reader of what was pushed, unless it has been told and not looked yet. A full block tells it by itself.
  void wake();
  // Waits until there is room. False: nothing more will be taken.
  bool wait_for_room();
  // Whether more than twice the room is taken, by what there always is room for.
  bool is_overfull();
  // Nothing more is pushed.
  void close();

  // The reader's: hands out a block of records, aligned to kAlignment, which are valid until the next call. False: none
  // waits now.
  static constexpr std::size_t kAlignment = 8;
  using OnRecord = std::function<void(Bytes record)>;
  bool take(const OnRecord& on_record);
  // Closed, and everything was taken.
  bool is_over();
  // Nothing more is taken.
  void abandon();
  // Becomes readable (poll) when something may have been pushed, or the queue was closed.
  int descriptor() const { return event_; }
  // Waits for that.
  void wait(int milliseconds) const;

 private:
  struct Block {
    std::vector<std::uint8_t> bytes;
    std::size_t used = 0;
  };

  bool append(Bytes head, Bytes body, std::size_t limit);
  Block& block_for(std::size_t length);
  void release_taken();

  std::mutex mutex_;
  std::condition_variable has_room_;
  std::deque<Block> waiting_;  // the last one is being filled
  std::vector<Block> spare_;
  Block taken_;  // the reader's, until it takes the next
  std::size_t limit_;
  std::size_t held_ = 0;  // bytes of all blocks that are in use, also by the reader
  int event_ = -1;
  std::atomic<bool> is_told_ = false;
  bool is_closed_ = false;
  bool is_abandoned_ = false;
};

}  // namespace overhear
