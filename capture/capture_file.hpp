// Capture files as a packet source: pcap and pcapng, from a path or from standard input, read as a stream. Memory does
// not depend on the size of the file. Nothing here looks into a packet: that is packet_decoder.hpp's part.
//
// Damage is normal input. A record that cannot be right is a finding (file.bad_record), the reader searches for the
// next record that can, and everything before and behind the damage is delivered.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/finding.hpp"
#include "base/limits.hpp"
#include "base/time.hpp"
#include "capture/packet.hpp"

namespace overhear {

// pcapng Decryption Secrets Block, Secrets Type.
inline constexpr std::uint32_t kSecretsTlsKeyLog = 0x544c534b;

// What a capture file says beside its packets. Called while it is opened and from within next(), in file order.
class CaptureEvents {
 public:
  virtual ~CaptureEvents() = default;

  // About the file. The finding may be moved from; the stamp is the last packet's that was read before.
  virtual void on_finding(Finding& finding, const Stamp& at) = 0;
  // The bytes of all packets that were handed out are about to go.
  virtual void on_expiry() {}
  // A Decryption Secrets Block. The view is valid during the call.
  virtual void on_secrets(std::uint32_t type, Bytes secrets) = 0;
  // The next interface: Packet::interface counts these calls from 0 on.
  virtual void on_interface(const InterfaceDescription&) {}
};

// Packets are numbered as records follow each other in the file; a damaged packet record keeps its number. The bytes of
// a packet lie in the reader's buffer, and at least 64 more bytes may be read behind them.
class CaptureFile : public PacketSource {
 public:
  // How far the reading is, and how far it goes; size() is 0 where that is not known (a pipe).
  virtual std::uint64_t bytes_read() const = 0;
  virtual std::uint64_t size() const = 0;
  // "pcap" or "pcapng".
  virtual std::string_view format() const = 0;
};

// Opens `path`, "-" being standard input. A path that cannot be read and a file that is no capture are errors
// (ErrorKind::Input). `events` must outlive the file. A file that is still being written is followed with
// `wait_for_more`: asked at the end of what is there, true to look for more, which who answers has waited for.
std::expected<std::unique_ptr<CaptureFile>, Error> open_capture_file(const std::string& path, CaptureEvents& events,
                                                                     const Limits& limits,
                                                                     std::function<bool()> wait_for_more = {});

// Goes through a pcapng file once and hands out all its secrets, so that they are known before its first packet is
// read. False: it cannot be read twice (standard input, a pipe, what is not there), so nothing was done. What is no
// pcapng has no secrets. Reports no damage, since reading the packets will. Reading the packets hands the same secrets
// out again.
using SecretsHandler = std::function<void(std::uint32_t type, Bytes secrets)>;
std::expected<bool, Error> scan_secrets(const std::string& path, const SecretsHandler& on_secrets,
                                        const Limits& limits);

}  // namespace overhear
