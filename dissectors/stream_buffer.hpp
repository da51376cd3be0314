// What has come of one stream and is not consumed yet, as one contiguous view, with the packets that carried it. A
// chunk that is consumed whole is never copied; what is left over is kept until the next one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace overhear {

// Where a stretch of a stream came from: when its first and last byte became known, and which packets carried it.
// Reused from message to message.
class Carrier {
 public:
  void clear();
  bool empty() const { return !has_first_; }
  // Packets are listed in ascending order, each once; beyond `limit` only the last one is kept up to date.
  void add(const Stamp& stamp, std::size_t limit);

  Timestamp first() const { return first_; }
  Timestamp last() const { return last_; }
  const std::vector<std::uint64_t>& packets() const { return packets_; }

 private:
  Timestamp first_;
  Timestamp last_;
  bool has_first_ = false;
  std::vector<std::uint64_t> packets_;
};

class StreamBuffer {
 public:
  // Borrows `chunk` until settle().
  void push(Bytes chunk, const Stamp& at);
  // The same for a chunk that was opened out of bytes which several packets may have carried: all of them carry it.
  void push(Bytes chunk, const Carrier& by);
  // Copies what is not consumed, if anything. Views given out before are invalid afterwards.
  void settle();

  // All that is not consumed. Valid until push, settle or consume.
  std::string_view view() const { return {data() + read_, size()}; }
  std::size_t size() const { return end_ - read_; }
  bool empty() const { return read_ == end_; }
  // How much of the stream is consumed.
  std::uint64_t offset() const { return base_ + read_; }
  void consume(std::size_t bytes);
  // Memory that waits here, with what is kept about the packets.
  std::size_t held() const { return size() + (marks_.size() - first_mark_) * sizeof(Mark); }

  // Adds to `carrier` what carried the unread bytes [from, from + length).
  void carried(std::size_t from, std::size_t length, Carrier& carrier, std::size_t packet_limit) const;

 private:
  struct Mark {
    std::uint64_t end;  // stream offset behind the last byte that this stamp's packet carried; equal: they carried it
    Stamp stamp;        // together
  };

  void append(Bytes chunk);

  const char* data() const { return is_borrowed_ ? borrowed_ : storage_.data(); }

  const char* borrowed_ = nullptr;
  bool is_borrowed_ = false;
  std::size_t read_ = 0;  // in data()
  std::size_t end_ = 0;
  std::string storage_;
  std::uint64_t base_ = 0;  // stream offset of data()[0]
  std::vector<Mark> marks_;
  std::size_t first_mark_ = 0;
};

}  // namespace overhear
