// Decodes frames that a test built, and keeps what comes out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capture/packet_decoder.hpp"
#include "tests/support/capture_builder.hpp"

namespace overhear::testing {

// A segment that owns its payload.
struct DecodedSegment {
  TcpSegment segment;
  std::string payload;
};

class Decoding {
 public:
  explicit Decoding(const Limits& limits = {})
      : decoder_(limits, [this](Finding& finding, const Stamp& at) {
          codes.emplace_back(finding.rule->code);
          texts.emplace_back(finding.message());
          stamps.push_back(at);
          bytes.push_back(finding.bytes);
        }) {}

  // The frame is copied into memory of its exact size: the sanitizer sees a read beyond it.
  std::optional<DecodedSegment> feed(const Buffer& frame, int link_type = 1,
                                     std::optional<std::uint32_t> original = {}) {
    time += 1'000'000;
    const Packet packet{.number = ++number,
                        .time = {time},
                        .link_type = link_type,
                        .bytes = frame,
                        .original_length = original.value_or(static_cast<std::uint32_t>(frame.size()))};
    const std::optional<TcpSegment> segment = decoder_.decode(packet);
    if (!segment) return std::nullopt;
    return DecodedSegment{*segment, std::string(as_text(segment->payload))};
  }
  std::optional<std::string> payload_of(const Buffer& frame, int link_type = 1) {
    const auto decoded = feed(frame, link_type);
    return decoded ? std::optional(decoded->payload) : std::nullopt;
  }
  void finish() { decoder_.finish(); }

  std::vector<std::string> codes;  // of the findings, and what they say
  std::vector<std::string> texts;
  std::vector<Stamp> stamps;
  std::vector<std::optional<std::uint64_t>> bytes;
  std::int64_t time = 1'700'000'000'000'000'000;
  std::uint64_t number = 0;

 private:
  PacketDecoder decoder_;
};

}  // namespace overhear::testing
