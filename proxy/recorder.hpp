// Keeps what is relayed as a capture: of each connection both legs, as two interfaces, in packets that they could have
// had. Keys stand in front of the packets that they open.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "capture/pcapng_writer.hpp"
#include "capture/synthetic_connection.hpp"
#include "proxy/wire.hpp"

namespace overhear {

class Recorder final : public WireSink, private SegmentSink {
 public:
  // "-" is standard output. `program` goes into the file's header.
  static std::expected<std::unique_ptr<Recorder>, Error> open(const std::string& path, std::string_view program);

  // Lines of a key log.
  void add_keys(std::string_view key_log) { keys_ += key_log; }
  // What is recorded stands in the file afterwards. The first failure stays.
  std::expected<void, Error> flush();

  void on_opened(std::uint64_t connection, const LegEnds& ends, Timestamp time) override;
  void on_bytes(std::uint64_t connection, Leg leg, Side from, std::uint64_t missing, Bytes bytes,
                Timestamp time) override;
  void on_end(std::uint64_t connection, Side from, Timestamp time) override;
  void on_reset(std::uint64_t connection, Leg leg, Side from, Timestamp time) override;
  void on_closed(std::uint64_t connection, Timestamp time) override;
  std::uint64_t packet(std::uint64_t connection, Side from) const override;

 private:
  explicit Recorder(PcapngWriter writer);

  struct Relayed {
    std::array<SyntheticConnection, 2> legs;  // by Leg
    std::array<std::uint64_t, 2> packets{};   // the last of the client's leg, by Side
  };
  template <typename Act>
  void act(std::uint64_t connection, Leg leg, const Act& act);
  void write_keys();
  // SegmentSink
  void on_segment(Side from, const TcpSegment& segment) override;

  PcapngWriter writer_;
  boost::unordered_flat_map<std::uint64_t, Relayed> relayed_;
  std::string keys_;  // that are not written yet
  std::vector<std::uint8_t> packet_;
  std::uint64_t packets_ = 0;
  // While one of them acts.
  Relayed* acting_ = nullptr;
  Leg leg_ = Leg::Client;
};

}  // namespace overhear
