#include "capture/pcapng_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "capture/capture_file.hpp"
#include "capture/pcapng_format.hpp"

namespace overhear {
namespace {

// Option codes by block; 0 ends the options.
constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kSectionSystem = 3;               // shb_os
constexpr std::uint16_t kSectionProgram = 4;              // shb_userappl
constexpr std::uint16_t kInterfaceName = 2;               // if_name
constexpr std::uint16_t kInterfaceResolution = 9;         // if_tsresol
constexpr std::uint16_t kInterfaceFilter = 11;            // if_filter
constexpr std::uint16_t kStatisticsFrom = 2;              // isb_starttime
constexpr std::uint16_t kStatisticsTo = 3;                // isb_endtime
constexpr std::uint16_t kStatisticsReceived = 4;          // isb_ifrecv
constexpr std::uint16_t kStatisticsInterfaceDropped = 5;  // isb_ifdrop
constexpr std::uint16_t kStatisticsKernelDropped = 7;     // isb_osdrop

constexpr std::uint8_t kNanoseconds = 9;  // if_tsresol: 10^-9 s

}  // namespace

std::expected<PcapngWriter, Error> PcapngWriter::open(const std::string& path) {
  if (path == "-") return PcapngWriter(STDOUT_FILENO, "standard output");
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor >= 0) return PcapngWriter(descriptor, path);
  return std::unexpected(Error{ErrorKind::Environment, fmt::format("cannot write {}: {}", path, std::strerror(errno))});
}

std::expected<PcapngWriter, Error> PcapngWriter::create(const std::string& path, std::string_view program) {
  auto opened = open(path);
  if (!opened) return opened;
  PcapngWriter& writer = *opened;
  const std::size_t begin = writer.begin_block(pcapng::kSectionHeader);
  writer.append_number(pcapng::kByteOrderMagic);
  writer.append_number(std::uint16_t{1});  // version 1.0
  writer.append_number(std::uint16_t{0});
  writer.append_number(std::int64_t{-1});  // the section's length is not told
  utsname system{};
  if (::uname(&system) == 0) writer.append_option(kSectionSystem, fmt::format("{} {}", system.sysname, system.release));
  writer.append_option(kSectionProgram, program);
  writer.append_option(kEndOfOptions, Bytes());
  writer.end_block(begin);
  return opened;
}

PcapngWriter::PcapngWriter(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {
  buffer_.reserve(2 * kFlushAt);
}

PcapngWriter::PcapngWriter(PcapngWriter&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      buffer_(std::move(other.buffer_)),
      flushed_(other.flushed_),
      interfaces_(other.interfaces_),
      error_(std::move(other.error_)) {}

PcapngWriter& PcapngWriter::operator=(PcapngWriter&& other) noexcept {
  if (this == &other) return *this;
  close();
  descriptor_ = std::exchange(other.descriptor_, -1);
  path_ = std::move(other.path_);
  buffer_ = std::move(other.buffer_);
  flushed_ = other.flushed_;
  interfaces_ = other.interfaces_;
  error_ = std::move(other.error_);
  return *this;
}

PcapngWriter::~PcapngWriter() {
  close();
}

void PcapngWriter::close() {
  if (descriptor_ < 0) return;
  (void)flush();
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
  descriptor_ = -1;
}

void PcapngWriter::append(const void* bytes, std::size_t size) {
  const auto* const from = static_cast<const std::uint8_t*>(bytes);
  buffer_.insert(buffer_.end(), from, from + size);
}

template <typename T>
void PcapngWriter::append_number(T value) {
  append(&value, sizeof value);
}

void PcapngWriter::append_padded(Bytes bytes) {
  append(bytes.data(), bytes.size());
  buffer_.resize(buffer_.size() + pcapng::padded(bytes.size()) - bytes.size());
}

void PcapngWriter::append_option(std::uint16_t code, Bytes value) {
  append_number(code);
  append_number(static_cast<std::uint16_t>(value.size()));
  append_padded(value);
}

void PcapngWriter::append_option(std::uint16_t code, std::string_view value) {
  constexpr std::size_t kLongest = 0xFFFC;
  append_option(code, as_bytes(value.substr(0, kLongest)));
}

void PcapngWriter::append_option(std::uint16_t code, std::uint64_t value) {
  append_number(code);
  append_number(static_cast<std::uint16_t>(sizeof value));
  append_number(value);
}

// High half first, whatever the byte order.
void PcapngWriter::append_time(Timestamp time) {
  const auto ticks = static_cast<std::uint64_t>(time.ns);
  append_number(static_cast<std::uint32_t>(ticks >> 32));
  append_number(static_cast<std::uint32_t>(ticks));
}

std::size_t PcapngWriter::begin_block(std::uint32_t type) {
  const std::size_t begin = buffer_.size();
  append_number(type);
  append_number(std::uint32_t{0});  // its length, told by end_block
  return begin;
}

void PcapngWriter::end_block(std::size_t begin) {
  const auto length = static_cast<std::uint32_t>(buffer_.size() - begin + sizeof(std::uint32_t));
  std::memcpy(buffer_.data() + begin + sizeof(std::uint32_t), &length, sizeof length);
  append_number(length);
  if (buffer_.size() >= kFlushAt) (void)flush();
}

std::uint32_t PcapngWriter::add_interface(const InterfaceDescription& interface) {
  const std::size_t begin = begin_block(pcapng::kInterfaceDescription);
  append_number(static_cast<std::uint16_t>(interface.link_type));
  append_number(std::uint16_t{0});
  append_number(interface.snap_length);
  if (!interface.name.empty()) append_option(kInterfaceName, interface.name);
  append_option(kInterfaceResolution, Bytes(&kNanoseconds, 1));
  // Its first byte says that a filter string follows.
  if (!interface.filter.empty()) append_option(kInterfaceFilter, std::string(1, '\0') + interface.filter);
  append_option(kEndOfOptions, Bytes());
  end_block(begin);
  return interfaces_++;
}

void PcapngWriter::write_packet(std::uint32_t interface, const Packet& packet) {
  const std::size_t begin = begin_block(pcapng::kEnhancedPacket);
  append_number(interface);
  append_time(packet.time);
  append_number(static_cast<std::uint32_t>(packet.bytes.size()));
  append_number(packet.original_length);
  append_padded(packet.bytes);
  end_block(begin);
}

void PcapngWriter::write_secrets(std::string_view key_log) {
  const std::size_t begin = begin_block(pcapng::kDecryptionSecrets);
  append_number(kSecretsTlsKeyLog);
  append_number(static_cast<std::uint32_t>(key_log.size()));
  append_padded(as_bytes(key_log));
  end_block(begin);
}

void PcapngWriter::write_statistics(std::uint32_t interface, const Statistics& statistics) {
  const std::size_t begin = begin_block(pcapng::kInterfaceStatistics);
  append_number(interface);
  append_time(statistics.to);
  for (const auto& [code, time] : {std::pair(kStatisticsFrom, statistics.from), {kStatisticsTo, statistics.to}}) {
    append_number(code);
    append_number(std::uint16_t{8});
    append_time(time);
  }
  append_option(kStatisticsReceived, statistics.received);
  append_option(kStatisticsInterfaceDropped, statistics.dropped_by_interface);
  append_option(kStatisticsKernelDropped, statistics.dropped_by_kernel);
  append_option(kEndOfOptions, Bytes());
  end_block(begin);
}

std::expected<void, Error> PcapngWriter::flush() {
  std::size_t at = 0;
  while (!error_ && at < buffer_.size()) {
    const ::ssize_t put = ::write(descriptor_, buffer_.data() + at, buffer_.size() - at);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      error_ =
          Error{ErrorKind::Environment, fmt::format("cannot write {} any further: {}", path_, std::strerror(errno))};
      break;
    }
    at += static_cast<std::size_t>(put);
  }
  flushed_ += at;
  buffer_.clear();
  if (error_) return std::unexpected(*error_);
  return {};
}

namespace {

// Removes a file that did not come to be the one it was made for.
class Part {
 public:
  explicit Part(std::string path) : path_(std::move(path)) {}
  ~Part() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  Part(const Part&) = delete;
  const std::string& path() const { return path_; }
  bool become(const std::string& path) {
    if (std::rename(path_.c_str(), path.c_str()) != 0) return false;
    path_.clear();
    return true;
  }

 private:
  std::string path_;
};

}  // namespace

std::expected<void, Error> insert_secrets(const std::string& path, std::string_view key_log) {
  const auto failed = [&](std::string_view what) {
    return std::unexpected(Error{ErrorKind::Environment,
                                 fmt::format("cannot put keys into {}: {}: {}", path, what, std::strerror(errno))});
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> from(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!from) return failed(path);
  Part part(path + ".part");
  auto to = PcapngWriter::open(part.path());
  if (!to) return std::unexpected(to.error());
  std::vector<std::uint8_t> bytes(pcapng::kBlockHeader);
  const auto read_up_to = [&](std::size_t size) {
    bytes.resize(size);
    bytes.resize(std::fread(bytes.data(), 1, size, from.get()));
    to->append(bytes.data(), bytes.size());
    return bytes.size();
  };
  std::uint32_t section = 0;
  if (read_up_to(pcapng::kBlockHeader) == pcapng::kBlockHeader) std::memcpy(&section, bytes.data() + 4, sizeof section);
  if (section < pcapng::kBlockFrame) return failed("its section header");
  read_up_to(section - pcapng::kBlockHeader);
  to->write_secrets(key_log);
  while (read_up_to(PcapngWriter::kFlushAt) > 0 && !to->error()) (void)to->flush();
  if (auto done = to->flush(); !done) return done;
  if (std::ferror(from.get()) != 0) return failed(path);
  if (!part.become(path)) return failed(part.path());
  return {};
}

}  // namespace overhear
