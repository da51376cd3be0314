#include "session/packet_copy.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "capture/capture_file.hpp"
#include "capture/ip.hpp"
#include "capture/link.hpp"
#include "capture/merged_capture.hpp"
#include "capture/packet_decoder.hpp"
#include "capture/pcapng_writer.hpp"
#include "capture/reassembly.hpp"
#include "session/analysis.hpp"

namespace overhear {
namespace {

class NoConsumer final : public StreamConsumer {
 public:
  void on_bytes(Side, Bytes, const Stamp&) override {}
  void on_gap(Side, std::uint64_t, const Stamp&) override {}
  void on_end(Side, const Stamp&) override {}
  void on_closed(CloseReason, const Stamp&) override {}
  void on_finding(std::optional<Side>, Finding&, const Stamp&) override {}
};

// Which packets belong to the chosen sessions: the same reassembly opens the same connections in the same order.
class Selection final : private ConnectionSink {
 public:
  Selection(const std::set<std::uint32_t>& sessions, const Limits& limits)
      : sessions_(sessions),
        limits_(limits),
        decoder_(limits, [](Finding&, const Stamp&) {}),
        reassembler_(*this, limits) {}

  bool contains(const Packet& packet) {
    const auto segment = decoder_.decode(packet);
    if (!segment) {
      reassembler_.advance(packet.time);
    } else if (is_chosen(reassembler_.feed(*segment))) {
      return true;
    }
    return is_fragment_of_chosen(packet);
  }

 private:
  bool is_chosen(std::uint64_t connection) const {
    return connection <= UINT32_MAX && sessions_.contains(static_cast<std::uint32_t>(connection));
  }

  // A fragment does not tell its ports, so all between the hosts of a chosen session count.
  bool is_fragment_of_chosen(const Packet& packet) const {
    const NetworkPacket network = parse_link(packet);
    IpPacket ip;
    if (hosts_.empty() || network.protocol == NetworkProtocol::None) return false;
    if (!parse_ip(network, limits_.extension_headers, ip) || !ip.is_fragment) return false;
    return hosts_.contains({ip.source, ip.destination}) || hosts_.contains({ip.destination, ip.source});
  }

  std::unique_ptr<StreamConsumer> on_opened(const Connection& connection, const Stamp&) override {
    if (is_chosen(++opened_)) hosts_.insert({connection.ends[0].address, connection.ends[1].address});
    return std::make_unique<NoConsumer>();
  }
  void on_finding(Finding&, const Stamp&) override {}

  const std::set<std::uint32_t>& sessions_;
  const Limits& limits_;
  std::set<std::pair<Address, Address>> hosts_;
  std::uint64_t opened_ = 0;
  PacketDecoder decoder_;
  Reassembler reassembler_;
};

// The interfaces of the capture that is read; those that packets are written from get a number in the new one.
class Interfaces final : public CaptureEvents {
 public:
  void on_finding(Finding&, const Stamp&) override {}
  void on_secrets(std::uint32_t, Bytes) override {}
  void on_interface(const InterfaceDescription& interface) override {
    if (known_.size() < kMost) known_.push_back({interface, std::nullopt});
  }

  std::uint32_t number_in(PcapngWriter& writer, const Packet& packet) {
    // One that nobody described, or one too many, is known by its link type alone.
    auto known = packet.interface < known_.size()
                     ? known_.begin() + packet.interface
                     : std::ranges::find(known_, packet.link_type, [](const Known& k) { return k.description.link_type; });
    if (known == known_.end()) known = known_.insert(known, {{.link_type = packet.link_type}, std::nullopt});
    if (!known->number) known->number = writer.add_interface(known->description);
    return *known->number;
  }

 private:
  static constexpr std::size_t kMost = 65'536;
  struct Known {
    InterfaceDescription description;
    std::optional<std::uint32_t> number;
  };
  std::vector<Known> known_;
};

class NoMessages final : public MessageSink {
 public:
  void on_message(const Message&) override {}
  void on_finding(const LooseFinding&) override {}
  void on_session_opened(const SessionRecord&) override {}
  void on_session_closed(const SessionRecord&) override {}
  void on_event(const Event&) override {}
};

class NoEvents final : public CaptureEvents {
 public:
  void on_finding(Finding&, const Stamp&) override {}
  void on_secrets(std::uint32_t, Bytes) override {}
};

// Calls with each packet of the capture that belongs to the copy, as long as it gives true.
std::expected<void, Error> for_each_packet(const PacketCopy& copy, const Limits& limits, CaptureFile& file,
                                           const std::function<bool(const Packet&)>& on_packet) {
  std::optional<Selection> selection;
  if (!copy.sessions.empty()) selection.emplace(copy.sessions, limits);
  Packet packet;
  for (std::uint64_t read = 0; copy.packet_limit == 0 || read < copy.packet_limit; ++read) {
    const auto got = file.next(packet);
    if (!got) return std::unexpected(got.error());
    if (!*got) break;
    if (selection && !selection->contains(packet)) continue;
    if (!on_packet(packet)) break;
  }
  return {};
}

}  // namespace

std::expected<std::uint64_t, Error> copy_packets(const PacketCopy& copy, const Limits& limits) {
  Interfaces interfaces;
  auto file = open_captures(copy.from, interfaces, limits);
  if (!file) return std::unexpected(file.error());
  auto writer = PcapngWriter::create(copy.to, copy.program);
  if (!writer) return std::unexpected(writer.error());
  if (!copy.key_log.empty()) writer->write_secrets(copy.key_log);
  std::uint64_t written = 0;
  const auto done = for_each_packet(copy, limits, **file, [&](const Packet& packet) {
    writer->write_packet(interfaces.number_in(*writer, packet), packet);
    ++written;
    return !writer->error();
  });
  if (!done) return std::unexpected(done.error());
  if (auto flushed = writer->flush(); !flushed) return std::unexpected(flushed.error());
  return written;
}

std::expected<std::string, Error> keys_of_sessions(const PacketCopy& copy, std::string_view key_log,
                                                   const AnalysisOptions& options) {
  if (key_log.empty() || copy.sessions.empty()) return std::string(key_log);
  NoEvents nothing;
  auto file = open_captures(copy.from, nothing, options.limits);
  if (!file) return std::unexpected(file.error());
  NoMessages nobody;
  Analysis analysis(options, nobody);
  analysis.load_secrets(as_bytes(key_log));
  const auto done = for_each_packet(copy, options.limits, **file, [&analysis](const Packet& packet) {
    analysis.feed(packet);
    analysis.drain();
    return true;
  });
  if (!done) return std::unexpected(done.error());
  analysis.finish();
  return analysis.used_key_log();
}

}  // namespace overhear
