// MCP messages out of ciphertext: keystream from memory, end of the message from the JSON.
#include <benchmark/benchmark.h>

#include <string>

#include "decrypt/hex.hpp"
#include "decrypt/key_store.hpp"
#include "decrypt/keystream.hpp"
#include "dissectors/mcp/mcp_layer.hpp"

#include "bench/layer_harness.hpp"

namespace overhear::bench {
namespace {

constexpr std::size_t kMessages = 64;

void mcp_decrypt(benchmark::State& state) {
  // Any public key will do where the key itself is given.
  const std::string public_key(384, '7');
  const std::string key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  KeyStore keys;
  KeyLogProblems problems;
  keys.load(as_bytes("MCP_KEY " + public_key + " " + key + "\n"), KeySource::File, "bench", problems);
  LayerHarness harness;
  LayerContext context{harness.limits, &keys, harness.streams, harness.sink, harness.workspace};
  mcp::McpLayer layer(context);
  const std::string handshake =
      R"({"type":"Handshake.Handshake.1","data":{"version":"2.1.0","publicKey":")" + public_key + R"("}})";
  harness.feed(layer, Direction::Client, handshake);
  harness.feed(layer, Direction::Server, handshake);

  const std::string text =
      R"({"type":"Message.CreateTextMessage.7","data":{"text":")" + std::string(160, 'x') + R"("},"room":3})";
  AesKey aes;
  aes.size = 32;
  for (std::size_t i = 0; i < aes.size; ++i) aes.bytes[i] = static_cast<std::uint8_t>(i);
  Keystream keystream(aes);
  std::string one(text.size(), '\0');
  keystream.xor_at(0, as_bytes(text), reinterpret_cast<std::uint8_t*>(one.data()));
  std::string all;
  for (std::size_t i = 0; i < kMessages; ++i) all += one;

  const std::uint64_t before = harness.sink.units;
  for (auto _ : state) harness.feed(layer, Direction::Client, all);
  if (harness.sink.units - before != state.iterations() * kMessages) state.SkipWithError("messages are missing");
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * all.size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kMessages));
}
BENCHMARK(mcp_decrypt);

}  // namespace
}  // namespace overhear::bench
