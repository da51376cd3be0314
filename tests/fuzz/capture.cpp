// Capture files and the packets in them.
#include <sys/mman.h>
#include <unistd.h>

#include <fmt/format.h>

#include "capture/capture_file.hpp"
#include "capture/packet_decoder.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

namespace overhear::fuzz {
namespace {

constexpr std::size_t kSlack = 64;  // that may be read behind a packet's bytes

unsigned sum(Bytes bytes) {
  unsigned out = 0;
  for (const std::uint8_t byte : bytes) out += byte;
  return out;
}

class Events final : public CaptureEvents {
 public:
  void on_finding(Finding& finding, const Stamp&) override {
    check(!finding.message().empty(), "a finding says nothing");
  }
  void on_secrets(std::uint32_t, Bytes secrets) override { total += sum(secrets); }

  unsigned total = 0;
};

// A file in memory.
class MemoryFile {
 public:
  explicit MemoryFile(Bytes bytes) : file_(memfd_create("fuzz", MFD_CLOEXEC)) {
    check(file_ >= 0, "no file");
    check(write(file_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "no room");
    lseek(file_, 0, SEEK_SET);
  }
  ~MemoryFile() { close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return fmt::format("/proc/self/fd/{}", file_); }

 private:
  int file_;
};

}  // namespace

void fuzz_capture_file(Bytes input) {
  const MemoryFile memory(input);
  Limits limits;
  limits.packet_bytes = 4096;
  limits.block_bytes = 8192;
  Events events;
  (void)scan_secrets(memory.path(), [&](std::uint32_t, Bytes secrets) { events.total += sum(secrets); }, limits);
  auto file = open_capture_file(memory.path(), events, limits);
  if (!file) return check(!file.error().message.empty(), "an error says nothing");
  Packet packet;
  std::uint64_t number = 0;
  for (;;) {
    const auto more = (*file)->next(packet);
    if (!more || !*more) break;
    check(packet.number > number, "packets are not counted");
    number = packet.number;
    check(packet.bytes.size() <= limits.packet_bytes, "a packet over the limit");
    check(packet.bytes.size() <= input.size(), "more than the file holds");
    events.total += sum({packet.bytes.data(), packet.bytes.size() + kSlack});
    check(number <= input.size(), "more packets than bytes");
  }
}

void fuzz_packet(Bytes input) {
  Input numbers(input);
  constexpr int kLinkTypes[] = {0, 1, 101, 108, 113, 228, 229, 276};
  PacketDecoder decoder({}, [](Finding& finding, const Stamp&) { check(finding.rule != nullptr, "no rule"); });
  std::uint64_t number = 0;
  while (!numbers.empty()) {
    const std::uint8_t kind = numbers.byte();
    const Bytes bytes = numbers.bytes(numbers.number());
    std::vector<std::uint8_t> room(bytes.begin(), bytes.end());
    room.resize(bytes.size() + kSlack);
    Packet packet;
    packet.number = ++number;
    packet.time = {static_cast<std::int64_t>(number) * kSecond};
    packet.link_type = kLinkTypes[kind % std::size(kLinkTypes)];
    packet.bytes = {room.data(), bytes.size()};
    packet.original_length = static_cast<std::uint32_t>(bytes.size() + (kind >= 128 ? 100 : 0));
    const auto segment = decoder.decode(packet);
    if (!segment) continue;
    const volatile unsigned read = sum(segment->payload);
    (void)read;
    check(segment->payload.size() <= 65'535, "a segment over IP's limit");
  }
  decoder.finish();
}

}  // namespace overhear::fuzz
