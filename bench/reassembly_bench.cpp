// TCP segments to stream events, in order and out of order, over many connections.
#include <benchmark/benchmark.h>

#include <string>

#include "capture/reassembly.hpp"

namespace overhear {
namespace {

constexpr std::uint32_t kPayload = 300;

class Swallow final : public StreamConsumer {
 public:
  explicit Swallow(std::uint64_t& bytes) : bytes_(bytes) {}
  void on_bytes(Side, Bytes bytes, const Stamp&) override { bytes_ += bytes.size(); }
  void on_gap(Side, std::uint64_t, const Stamp&) override {}
  void on_end(Side, const Stamp&) override {}
  void on_closed(CloseReason, const Stamp&) override {}
  void on_finding(std::optional<Side>, Finding&, const Stamp&) override {}

 private:
  std::uint64_t& bytes_;
};

class Sink final : public ConnectionSink {
 public:
  std::unique_ptr<StreamConsumer> on_opened(const Connection&, const Stamp&) override {
    return std::make_unique<Swallow>(bytes);
  }
  void on_finding(Finding&, const Stamp&) override {}

  std::uint64_t bytes = 0;
};

TcpSegment segment_of(std::uint32_t connection, std::uint8_t flags, std::uint32_t sequence, std::string_view payload,
                      std::uint64_t packet) {
  TcpSegment segment;
  segment.source.address.bytes = {10, 0, static_cast<std::uint8_t>(connection >> 8),
                                  static_cast<std::uint8_t>(connection)};
  segment.source.port = 40000;
  segment.destination.address.bytes = {10, 1, 0, 1};
  segment.destination.port = 9000;
  segment.flags = flags;
  segment.sequence = sequence;
  segment.payload = as_bytes(payload);
  segment.at = {Timestamp{static_cast<std::int64_t>(packet) * 1000}, packet};
  return segment;
}

// Connections take turns; with `swap` every two segments of one come in the wrong order.
void run(benchmark::State& state, bool swap) {
  const auto connections = static_cast<std::uint32_t>(state.range(0));
  const std::string payload(kPayload, 'x');
  Sink sink;
  Reassembler reassembler(sink, Limits{});
  std::uint64_t packet = 0;
  for (std::uint32_t c = 0; c < connections; ++c) reassembler.feed(segment_of(c, TcpFlags::kSyn, 0, {}, ++packet));
  std::uint32_t round = 0;
  std::uint32_t connection = 0;
  for (auto _ : state) {
    const std::uint32_t index = swap ? round ^ 1 : round;
    reassembler.feed(segment_of(connection, TcpFlags::kAck, 1 + index * kPayload, payload, ++packet));
    if (++connection == connections) {
      connection = 0;
      ++round;
    }
  }
  const std::uint64_t most = state.iterations() * kPayload;
  if (sink.bytes > most || sink.bytes + connections * kPayload < most) state.SkipWithError("bytes are missing");
  state.SetBytesProcessed(static_cast<std::int64_t>(sink.bytes));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void reassembly_in_order(benchmark::State& state) {
  run(state, false);
}
BENCHMARK(reassembly_in_order)->Arg(1)->Arg(1000);

void reassembly_swapped(benchmark::State& state) {
  run(state, true);
}
BENCHMARK(reassembly_swapped)->Arg(1)->Arg(1000);

}  // namespace
}  // namespace overhear
