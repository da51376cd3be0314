// The road from packets to messages, whatever the packets come from: decoding and reassembly, in front of what is done
// with any streams. Who drives it feeds packets in the order of their capture and tells when time passes without any.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/error.hpp"
#include "capture/look_ahead.hpp"
#include "capture/packet.hpp"
#include "capture/packet_decoder.hpp"
#include "capture/reassembly.hpp"
#include "session/stream_analysis.hpp"

namespace overhear {

class Analysis {
 public:
  // `sink` outlives this.
  Analysis(const AnalysisOptions& options, MessageSink& sink);
  Analysis(const Analysis&) = delete;

  // What is wrong with single lines of a key log are findings. Loading the same again changes nothing; what is new
  // opens what waits for it.
  std::expected<void, Error> load_key_log(const std::string& path);
  void load_secrets(Bytes key_log);
  // Whether more keys may come: then sessions that lack one wait for a while.
  void set_keys_may_grow(bool may_grow) { streams_.set_keys_may_grow(may_grow); }

  // A key log with what opened these sessions.
  std::string used_key_log() const { return streams_.used_key_log(); }

  // A few packets are looked at only when others have come behind them: their bytes stay valid until drain(), or as
  // long as nothing but feed() is called.
  void feed(const Packet& packet);
  // All packets that were fed are looked at now.
  void drain();
  // Capture time has moved on without a packet.
  void advance(Timestamp now);
  // Nothing follows: what waited is told.
  void finish();
  // About the capture; stands at the last packet's time.
  void report(Finding& finding, const Stamp& at);

  std::uint64_t packets() const { return packets_; }
  std::uint32_t sessions() const { return streams_.sessions(); }
  std::uint64_t messages() const { return streams_.messages(); }
  std::uint64_t findings() const { return streams_.findings(); }

 private:
  void take(const TcpSegment& segment);

  StreamAnalysis streams_;
  PacketDecoder decoder_;
  Reassembler reassembler_;
  LookAhead ahead_;
  std::uint64_t packets_ = 0;
  Stamp last_;
};

}  // namespace overhear
