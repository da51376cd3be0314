#include "bench/generator/capture_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace overhear::bench {
namespace {

constexpr std::uint32_t kLinkEthernet = 1;
constexpr std::uint32_t kSnapLength = 262'144;
constexpr std::size_t kBuffer = 1u << 20;

// pcapng, 4.2 and 4.3. Written in this machine's byte order, which the magic tells.
constexpr std::array<std::uint32_t, 7> kSectionHeader = {0x0a0d0d0a, 28,         0x1a2b3c4d, 0x00000001,
                                                         0xffffffff, 0xffffffff, 28};
constexpr std::uint32_t kResolutionOption = 9u | (1u << 16);  // if_tsresol, one byte
constexpr std::array<std::uint32_t, 8> kInterface = {1, 32, kLinkEthernet, kSnapLength, kResolutionOption, 9, 0, 32};

}  // namespace

std::expected<File, Error> open_output(const std::string& path) {
  File file(path == "-" ? stdout : std::fopen(path.c_str(), "wb"));
  if (!file) {
    return std::unexpected(
        Error{ErrorKind::Environment, fmt::format("cannot write {}: {}", path, std::strerror(errno))});
  }
  std::setvbuf(file.get(), nullptr, _IOFBF, kBuffer);
  return file;
}

std::expected<void, Error> finish_output(File& file, const std::string& path) {
  if (std::fflush(file.get()) != 0 || std::ferror(file.get()) != 0) {
    return std::unexpected(
        Error{ErrorKind::Environment, fmt::format("{} could not be written to its end: is the disk full?", path)});
  }
  return {};
}

std::expected<CaptureFile, Error> CaptureFile::open(const std::string& path) {
  auto file = open_output(path);
  if (!file) return std::unexpected(std::move(file.error()));
  return CaptureFile(std::move(*file), path, path.ends_with(".pcapng"));
}

CaptureFile::CaptureFile(File file, std::string path, bool is_pcapng)
    : file_(std::move(file)), path_(std::move(path)), is_pcapng_(is_pcapng) {
  if (is_pcapng_) {
    put(kSectionHeader.data(), sizeof kSectionHeader);
    put(kInterface.data(), sizeof kInterface);
  } else {
    // The magic of nanosecond files is younger than many readers; microseconds are what tcpdump writes.
    const std::array<std::uint32_t, 6> header = {0xa1b2c3d4, 2u | (4u << 16), 0, 0, kSnapLength, kLinkEthernet};
    put(header.data(), sizeof header);
  }
}

void CaptureFile::put(const void* data, std::size_t size) {
  std::fwrite(data, 1, size, file_.get());
  bytes_ += size;
}

void CaptureFile::write(Timestamp time, Bytes frame) {
  const auto size = static_cast<std::uint32_t>(frame.size());
  ++packets_;
  if (!is_pcapng_) {
    const std::array<std::uint32_t, 4> header = {static_cast<std::uint32_t>(time.ns / kSecond),
                                                 static_cast<std::uint32_t>(time.ns % kSecond / 1000), size, size};
    put(header.data(), sizeof header);
    put(frame.data(), frame.size());
    return;
  }
  const std::uint32_t padding = (4 - size % 4) % 4;
  const std::uint32_t total = 32 + size + padding;
  const auto ticks = static_cast<std::uint64_t>(time.ns);
  const std::array<std::uint32_t, 7> header = {
      6, total, 0, static_cast<std::uint32_t>(ticks >> 32), static_cast<std::uint32_t>(ticks), size, size};
  put(header.data(), sizeof header);
  put(frame.data(), frame.size());
  put("\0\0\0", padding);
  put(&total, sizeof total);
}

}  // namespace overhear::bench
