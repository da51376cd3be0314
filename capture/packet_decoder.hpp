// From a captured frame to a TCP segment: link layer, IP, defragmentation, TCP header. Stands between a packet source
// (file or interface) and reassembly. Looks into one packet at a time and knows no connection.
#pragma once

#include <functional>
#include <optional>
#include <set>

#include "base/finding.hpp"
#include "base/limits.hpp"
#include "base/time.hpp"
#include "capture/defragmenter.hpp"
#include "capture/ip.hpp"
#include "capture/packet.hpp"
#include "capture/tcp_segment.hpp"

namespace overhear {

class PacketDecoder {
 public:
  // Gets what is wrong with a packet (file.unknown_linktype, ip.*, tcp.bad_header). The finding may be moved from.
  using FindingHandler = std::function<void(Finding& finding, const Stamp& at)>;

  PacketDecoder(const Limits& limits, FindingHandler on_finding);

  // The segment that this packet carries or, being the last missing fragment, completes. Nothing for any other packet.
  // The payload is a view of the packet or of the defragmenter's buffer: valid until the packet is gone or the next
  // call, whichever comes first. A checksum is never looked at, since offloading leaves it wrong in honest captures.
  std::optional<TcpSegment> decode(const Packet& packet);

  // The capture is over: reports datagrams whose fragments never all came.
  void finish();

 private:
  // Makes a fragment the whole datagram, if it is the last that was missing.
  bool complete(IpPacket& ip, const Stamp& at);
  void report(const Rule& rule, std::string_view why, const Stamp& at);
  void report_link_type(int link_type, const Stamp& at);

  Limits limits_;
  FindingHandler on_finding_;
  Defragmenter defragmenter_;
  std::set<int> unknown_link_types_;
  Stamp last_;
};

}  // namespace overhear
