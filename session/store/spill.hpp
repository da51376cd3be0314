// Where records lie that are kept but seldom looked at: in memory as long as they are few, then in a temporary file
// that has no name and that nobody else can open. Appended once, never changed; pages of it that are not looked at give
// their memory back. One thread appends while others read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace overhear {

class Spill {
 public:
  struct Place {
    std::uint32_t segment = 0;
    std::uint32_t offset = 0;
  };

  // So many bytes stay in memory before the file is made.
  explicit Spill(std::size_t in_memory = kInMemory);
  ~Spill();
  Spill(const Spill&) = delete;

  // REQUIRES: shorter than 4 GiB.
  Place append(Bytes record);
  // Valid as long as this. REQUIRES: append() gave the place for so many bytes, and whoever calls has learned of it
  // behind that.
  Bytes read(Place place, std::size_t length) const;

  std::uint64_t size() const;  // of all records
  // Why what should lie in the file has to be kept in memory; empty: it has not.
  std::string trouble() const;

 private:
  static constexpr std::size_t kInMemory = 64u << 20;
  static constexpr std::size_t kSegmentBytes = 16u << 20;

  struct Segment {
    std::uint8_t* bytes = nullptr;
    std::size_t capacity = 0;
    std::size_t used = 0;
    bool is_in_file = false;
  };

  bool open_file();
  Segment make_segment(std::size_t capacity);
  void release(const Segment& segment) const;

  const std::size_t in_memory_;
  mutable std::mutex mutex_;
  std::vector<Segment> segments_;
  int descriptor_ = -1;
  std::uint64_t file_size_ = 0;
  std::uint64_t mapped_ = 0;  // of all segments
  std::uint64_t size_ = 0;
  std::string trouble_;
};

}  // namespace overhear
