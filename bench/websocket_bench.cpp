// Frames to messages: unmasking, and what inflating costs on top.
#include <benchmark/benchmark.h>
#include <zlib.h>

#include <string>

#include "bench/layer_harness.hpp"
#include "dissectors/websocket/frame_header.hpp"
#include "dissectors/websocket/ws_stream.hpp"

namespace overhear::bench {
namespace {

constexpr std::size_t kFrames = 64;
const std::string kText =
    R"({"type":"message-broadcast","session-id":"42","sender-id":"7","message":{"type":"text","body":")" +
    std::string(180, 'x') + R"("},"sender-timestamp":1406419200123})";

void append_frame(std::string& out, std::string_view payload, bool is_masked, bool is_compressed) {
  WsFrameHeader header;
  header.is_final = true;
  header.reserved = is_compressed ? kWsRsv1 : 0;
  header.opcode = static_cast<std::uint8_t>(WsOpcode::Text);
  header.is_masked = is_masked;
  header.length = payload.size();
  header.mask = {0x37, 0xFA, 0x21, 0x3D};
  append_ws_header(header, out);
  const std::size_t begin = out.size();
  out += payload;
  if (is_masked) unmask(payload, header.mask, out.data() + begin);
}

std::string deflated(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 16, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_SYNC_FLUSH);
  out.resize(stream.total_out - 4);  // RFC 7692, 7.2.1: without the empty block
  deflateEnd(&stream);
  return out;
}

void run(benchmark::State& state, Direction direction, std::string_view frames, const DeflateExtension& extension) {
  LayerHarness harness;
  WsStream stream(harness.context, direction, false);
  stream.agree(extension);
  for (auto _ : state) {
    harness.streams[direction].push(as_bytes(frames), Stamp{});
    stream.on_data();
    harness.streams[direction].settle();
  }
  if (harness.sink.units != state.iterations() * kFrames) state.SkipWithError("messages are missing");
  state.SetBytesProcessed(static_cast<std::int64_t>(harness.sink.bytes));
  state.SetItemsProcessed(static_cast<std::int64_t>(harness.sink.units));
}

void websocket_plain(benchmark::State& state) {
  std::string frames;
  for (std::size_t i = 0; i < kFrames; ++i) append_frame(frames, kText, false, false);
  run(state, Direction::Server, frames, {});
}
BENCHMARK(websocket_plain);

void websocket_masked(benchmark::State& state) {
  std::string frames;
  for (std::size_t i = 0; i < kFrames; ++i) append_frame(frames, kText, true, false);
  run(state, Direction::Client, frames, {});
}
BENCHMARK(websocket_masked);

void websocket_deflated(benchmark::State& state) {
  // Text that compresses to more than 125 bytes, so that its header is as long as those above.
  std::string text = kText;
  for (std::size_t i = 60; i < text.size() - 60; ++i) text[i] = static_cast<char>('a' + (i * i * 7 + i) % 26);
  text = R"({"type":"message-broadcast","body":")" + text.substr(60, 200) + R"("})";
  std::string frames;
  for (std::size_t i = 0; i < kFrames; ++i) append_frame(frames, deflated(text), false, true);
  run(state, Direction::Server, frames,
      {.standing = DeflateExtension::Standing::Agreed, .server_no_context_takeover = true});
}
BENCHMARK(websocket_deflated);

}  // namespace
}  // namespace overhear::bench
