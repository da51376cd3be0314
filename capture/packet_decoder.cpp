#include "capture/packet_decoder.hpp"

#include <fmt/format.h>

#include <expected>
#include <utility>

#include "capture/file_rules.hpp"
#include "capture/ip_rules.hpp"
#include "capture/link.hpp"
#include "capture/link_names.hpp"
#include "capture/tcp_header.hpp"

namespace overhear {

PacketDecoder::PacketDecoder(const Limits& limits, FindingHandler on_finding)
    : limits_(limits), on_finding_(std::move(on_finding)), defragmenter_(limits, on_finding_) {}

std::optional<TcpSegment> PacketDecoder::decode(const Packet& packet) {
  const Stamp at{packet.time, packet.number};
  last_ = at;
  defragmenter_.advance(at);
  const NetworkPacket network = parse_link(packet);
  if (network.protocol == NetworkProtocol::None) {
    if (!is_known_link_type(packet.link_type)) report_link_type(packet.link_type, at);
    return std::nullopt;
  }
  IpPacket ip;
  if (const auto done = parse_ip(network, limits_.extension_headers, ip); !done) [[unlikely]] {
    report(ip_rules::kMalformed, done.error().text, at);
    return std::nullopt;
  }
  // Fragments of other protocols are not worth their memory.
  if (ip.is_fragment && !(may_carry_tcp(ip) && complete(ip, at))) return std::nullopt;
  if (ip.protocol != ip_protocol::kTcp) return std::nullopt;
  std::optional<TcpSegment> segment(std::in_place);
  if (const auto done = parse_tcp(ip, *segment); !done) [[unlikely]] {
    report(ip_rules::kBadTcpHeader, done.error().text, at);
    segment.reset();
    return segment;
  }
  segment->at = at;
  return segment;
}

void PacketDecoder::finish() {
  defragmenter_.finish(last_);
}

bool PacketDecoder::complete(IpPacket& ip, const Stamp& at) {
  const std::expected<bool, IpFault> is_whole = defragmenter_.add(ip, at);
  if (!is_whole) {
    report(ip_rules::kMalformed, is_whole.error().text, at);
    return false;
  }
  if (!*is_whole) return false;
  if (const auto done = skip_extension_headers(ip, limits_.extension_headers); !done) {
    report(ip_rules::kMalformed, done.error().text, at);
    return false;
  }
  if (ip.is_fragment) report(ip_rules::kMalformed, "the datagram consists of fragments of fragments", at);
  return !ip.is_fragment;
}

void PacketDecoder::report(const Rule& rule, std::string_view why, const Stamp& at) {
  Finding finding;
  finding.rule = &rule;
  finding.text = fmt::format("packet {}: {}", at.packet, why);
  on_finding_(finding, at);
}

void PacketDecoder::report_link_type(int link_type, const Stamp& at) {
  if (!unknown_link_types_.insert(link_type).second) return;
  Finding finding;
  finding.rule = &file_rules::kUnknownLinkType;
  finding.text = fmt::format("packets of link type {} cannot be read and are skipped", link_type_name(link_type));
  on_finding_(finding, at);
}

}  // namespace overhear
