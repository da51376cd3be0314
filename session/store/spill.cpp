#include "session/store/spill.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <system_error>

namespace overhear {
namespace {

std::string temporary_folder() {
  const char* const named = std::getenv("TMPDIR");
  return named != nullptr && *named != '\0' ? named : "/var/tmp";
}

}  // namespace

Spill::Spill(std::size_t in_memory) : in_memory_(in_memory) {}

Spill::~Spill() {
  for (const Segment& segment : segments_) ::munmap(segment.bytes, segment.capacity);
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool Spill::open_file() {
  if (descriptor_ >= 0) return true;
  if (!trouble_.empty()) return false;
  const std::string folder = temporary_folder();
  descriptor_ = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor_ < 0) {
    // Not every file system has files without a name.
    std::string path = folder + "/overhear-XXXXXX";
    descriptor_ = ::mkostemp(path.data(), O_CLOEXEC);
    if (descriptor_ >= 0) ::unlink(path.c_str());
  }
  if (descriptor_ >= 0) return true;
  trouble_ = fmt::format("{}: {}", folder, std::generic_category().message(errno));
  return false;
}

// In the file where that can be had: its blocks are taken now, so that a full disk is told here and not by a signal.
Spill::Segment Spill::make_segment(std::size_t capacity) {
  Segment segment{.capacity = capacity};
  if (mapped_ >= in_memory_ && open_file()) {
    const int error = ::posix_fallocate(descriptor_, static_cast<off_t>(file_size_), static_cast<off_t>(capacity));
    void* const at = error != 0 ? MAP_FAILED
                                : ::mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_,
                                         static_cast<off_t>(file_size_));
    if (at != MAP_FAILED) {
      segment.bytes = static_cast<std::uint8_t*>(at);
      segment.is_in_file = true;
      file_size_ += capacity;
      return segment;
    }
    if (trouble_.empty()) {
      trouble_ = fmt::format("{}: {}", temporary_folder(), std::generic_category().message(error != 0 ? error : errno));
    }
  }
  void* const at = ::mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) throw std::bad_alloc();
  segment.bytes = static_cast<std::uint8_t*>(at);
  return segment;
}

// What was written stays in the file, and comes back when it is looked at.
void Spill::release(const Segment& segment) const {
  if (segment.is_in_file) ::madvise(segment.bytes, segment.capacity, MADV_DONTNEED);
}

Spill::Place Spill::append(Bytes record) {
  const std::scoped_lock lock(mutex_);
  if (segments_.empty() || segments_.back().capacity - segments_.back().used < record.size()) {
    if (!segments_.empty()) release(segments_.back());
    const std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    segments_.push_back(make_segment(std::max(kSegmentBytes, (record.size() + page - 1) / page * page)));
    mapped_ += segments_.back().capacity;
  }
  Segment& segment = segments_.back();
  if (!record.empty()) std::memcpy(segment.bytes + segment.used, record.data(), record.size());
  const Place place{static_cast<std::uint32_t>(segments_.size() - 1), static_cast<std::uint32_t>(segment.used)};
  segment.used += record.size();
  size_ += record.size();
  return place;
}

Bytes Spill::read(Place place, std::size_t length) const {
  const std::scoped_lock lock(mutex_);
  return {segments_[place.segment].bytes + place.offset, length};
}

std::uint64_t Spill::size() const {
  const std::scoped_lock lock(mutex_);
  return size_;
}

std::string Spill::trouble() const {
  const std::scoped_lock lock(mutex_);
  return trouble_;
}

}  // namespace overhear
