// Reads a whole capture into memory, so that a test can look at all of it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "capture/capture_file.hpp"
#include "capture/merged_capture.hpp"
#include "tests/support/capture_builder.hpp"

namespace overhear::testing {

struct ReadPacket {
  std::uint64_t number = 0;
  std::int64_t time = 0;
  int link_type = 0;
  Buffer bytes;
  std::uint32_t original_length = 0;

  friend bool operator==(const ReadPacket&, const ReadPacket&) = default;
};

struct ReadCapture final : CaptureEvents {
  std::vector<ReadPacket> packets;
  std::vector<std::string> codes;  // of the findings, and their texts
  std::vector<std::string> texts;
  std::vector<std::uint64_t> stamps;  // their packets
  std::vector<InterfaceDescription> interfaces;
  std::vector<std::uint32_t> packets_of;  // the interface of each packet
  std::vector<std::pair<std::uint32_t, std::string>> secrets;
  std::optional<Error> error;
  std::uint64_t bytes_read = 0;
  std::uint64_t size = 0;
  std::string format;

  void on_finding(Finding& finding, const Stamp& at) override {
    stamps.push_back(at.packet);
    codes.emplace_back(finding.rule->code);
    texts.emplace_back(finding.message());
  }
  void on_secrets(std::uint32_t type, Bytes bytes) override { secrets.emplace_back(type, as_text(bytes)); }
  void on_interface(const InterfaceDescription& interface) override { interfaces.push_back(interface); }

  std::vector<Buffer> contents() const {
    std::vector<Buffer> out;
    for (const ReadPacket& packet : packets) out.push_back(packet.bytes);
    return out;
  }
  std::vector<std::uint64_t> numbers() const {
    std::vector<std::uint64_t> out;
    for (const ReadPacket& packet : packets) out.push_back(packet.number);
    return out;
  }
  std::vector<std::int64_t> times() const {
    std::vector<std::int64_t> out;
    for (const ReadPacket& packet : packets) out.push_back(packet.time);
    return out;
  }
};

// Several are merged.
inline ReadCapture read_paths(const std::vector<std::string>& paths, const Limits& limits = {}) {
  ReadCapture capture;
  auto file = open_captures(paths, capture, limits);
  if (!file) {
    capture.error = file.error();
    return capture;
  }
  capture.format = (*file)->format();
  capture.size = (*file)->size();
  Packet packet;
  while (true) {
    const std::expected<bool, Error> got = (*file)->next(packet);
    if (!got) capture.error = got.error();
    if (!got || !*got) break;
    // The promise of 64 readable bytes behind a packet: the sanitizer sees it broken.
    volatile std::uint8_t spare = 0;
    for (std::size_t i = 0; i < 64; ++i) spare = packet.bytes.data()[packet.bytes.size() + i];
    (void)spare;
    capture.packets_of.push_back(packet.interface);
    capture.packets.push_back({packet.number, packet.time.ns, packet.link_type,
                               Buffer(packet.bytes.begin(), packet.bytes.end()), packet.original_length});
  }
  capture.bytes_read = (*file)->bytes_read();
  return capture;
}

inline ReadCapture read_path(const std::string& path, const Limits& limits = {}) {
  return read_paths({path}, limits);
}

inline ReadCapture read_bytes(const Buffer& bytes, const Limits& limits = {}) {
  const TempFile file(bytes);
  return read_path(file.path(), limits);
}

// A frame of `size` bytes that looks like no header of a capture file.
inline Buffer frame(std::size_t size, char fill = 'x') {
  return Buffer(size, static_cast<std::uint8_t>(fill));
}

inline constexpr std::int64_t kStart = 1'700'000'000'000'000'000;  // of the tests' captures

}  // namespace overhear::testing
