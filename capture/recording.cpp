#include "capture/recording.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <utility>

namespace overhear {

Recording::Recording(std::string path, InterfaceDescription interface, const RingOptions& ring, std::string program)
    : path_(std::move(path)), interface_(std::move(interface)), ring_(ring), program_(std::move(program)) {}

std::expected<Recording, Error> Recording::open(const std::string& path, const InterfaceDescription& interface,
                                                const RingOptions& ring, Timestamp now, std::string_view program) {
  Recording recording(path, interface, ring, std::string(program));
  recording.next_file(now);
  if (!recording.error_) (void)recording.flush(now);
  if (recording.error_) return std::unexpected(*recording.error_);
  return recording;
}

std::string Recording::name_of(std::uint64_t number, Timestamp now) const {
  if (!ring_.is_ring()) return path_;
  const std::size_t slash = path_.rfind('/');
  const std::size_t dot = path_.rfind('.');
  const bool has_ending = dot != std::string::npos && (slash == std::string::npos || dot > slash);
  const std::size_t stem = has_ending ? dot : path_.size();
  const auto seconds = static_cast<std::time_t>(now.ns / kSecond);
  return fmt::format("{}_{:05}_{:%Y%m%d%H%M%S}{}", path_.substr(0, stem), number, fmt::localtime(seconds),
                     path_.substr(stem));
}

void Recording::next_file(Timestamp now) {
  const std::string name = name_of(++files_, now);
  auto writer = PcapngWriter::create(name, program_);
  if (!writer) {
    error_ = writer.error();
    return;
  }
  writer_ = std::move(*writer);
  writer_->add_interface(interface_);
  packets_ = 0;
  begun_ = now;
  if (ring_.files == 0) return;
  kept_.push_back(name);
  if (kept_.size() <= ring_.files) return;
  ::unlink(kept_.front().c_str());
  kept_.pop_front();
}

bool Recording::is_full(Timestamp now) const {
  const bool is_long = ring_.file_duration_ns != 0 && now - begun_ >= ring_.file_duration_ns;
  const bool is_large = ring_.file_bytes != 0 && writer_->size() >= ring_.file_bytes;
  return is_long || is_large || (ring_.file_packets != 0 && packets_ >= ring_.file_packets);
}

void Recording::write(const Packet& packet) {
  if (error_) return;
  if (is_full(packet.time)) {
    (void)flush(begun_);
    if (!error_) next_file(packet.time);
    if (error_) return;
  }
  writer_->write_packet(0, packet);
  ++packets_;
}

std::expected<void, Error> Recording::flush(Timestamp now) {
  if (!error_) {
    if (auto done = writer_->flush(); !done) error_ = done.error();
  }
  if (!error_ && ring_.file_duration_ns != 0 && now - begun_ >= ring_.file_duration_ns) next_file(now);
  if (error_) return std::unexpected(*error_);
  return {};
}

std::expected<void, Error> Recording::finish(const PcapngWriter::Statistics& statistics) {
  if (!error_) writer_->write_statistics(0, statistics);
  return flush(begun_);
}

}  // namespace overhear
