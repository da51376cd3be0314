#include "capture/packet_decoder.hpp"

#include <fmt/format.h>

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
  std::expected<IpPacket, IpFault> ip = parse_ip(network, limits_.extension_headers);
  if (!ip) [[unlikely]] {
    report(ip_rules::kMalformed, ip.error().text, at);
    return std::nullopt;
  }
  if (ip->is_fragment) [[unlikely]]
    return decode_fragment(*ip, at);
  return to_segment(*ip, at);
}

void PacketDecoder::finish() {
  defragmenter_.finish(last_);
}

std::optional<TcpSegment> PacketDecoder::decode_fragment(IpPacket& ip, const Stamp& at) {
  const std::expected<bool, IpFault> is_whole = defragmenter_.add(ip, at);
  if (!is_whole) {
    report(ip_rules::kMalformed, is_whole.error().text, at);
    return std::nullopt;
  }
  if (!*is_whole) return std::nullopt;
  if (const auto done = skip_extension_headers(ip, limits_.extension_headers); !done) {
    report(ip_rules::kMalformed, done.error().text, at);
    return std::nullopt;
  }
  if (ip.is_fragment) {
    report(ip_rules::kMalformed, "the datagram consists of fragments of fragments", at);
    return std::nullopt;
  }
  return to_segment(ip, at);
}

std::optional<TcpSegment> PacketDecoder::to_segment(const IpPacket& ip, const Stamp& at) {
  if (ip.protocol != ip_protocol::kTcp) return std::nullopt;
  std::optional<TcpSegment> result;
  std::expected<TcpSegment, IpFault> segment = parse_tcp(ip, at);
  if (segment) [[likely]] {
    result = *segment;
  } else {
    report(ip_rules::kBadTcpHeader, segment.error().text, at);
  }
  return result;
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
