// What TLS adds to the cipher: the layer from records to content, beside OpenSSL's AES-128-GCM alone on the same
// records.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include <string>
#include <vector>

#include "decrypt/hex.hpp"
#include "decrypt/key_store.hpp"
#include "dissectors/tls/tls_layer.hpp"
#include "tests/support/rfc8448.hpp"
#include "tests/support/tls_seal.hpp"

#include "bench/layer_harness.hpp"

namespace overhear::bench {
namespace {

namespace trace = testing::rfc8448;

constexpr std::size_t kRecords = 512;

std::vector<std::uint8_t> bytes(std::string_view hex) {
  std::vector<std::uint8_t> out;
  if (!decode_hex(hex, out)) out.clear();
  return out;
}

// So many records of `size` bytes of content, none of which a protocol claims.
std::vector<std::string> sealed(std::size_t size) {
  testing::TlsSealer sealer(bytes(trace::kClientApplicationSecret));
  std::vector<std::string> records;
  for (std::size_t i = 0; i < kRecords; ++i) records.push_back(sealer.seal(23, std::string(size, '\x01')));
  return records;
}

// Connections with the trace's handshakes, whose keys are known.
class Connections {
 public:
  Connections() {
    KeyLogProblems problems;
    keys_.load(as_bytes(trace::key_log()), KeySource::File, "bench", problems);
  }

  // A new one; `rest` is what its client sends behind the handshakes. How many bytes of content came out.
  template <class Rest>
  std::uint64_t run(const Rest& rest) {
    LayerHarness harness;
    LayerContext context{harness.limits, &keys_, harness.streams, harness.sink, harness.workspace};
    TlsLayer layer(context, {}, [](Direction sender, const Verdict&) { return sender; });
    harness.feed(layer, Direction::Client, as_text(client_hello_));
    harness.feed(layer, Direction::Server, as_text(server_hello_));
    rest(harness, layer);
    layer.on_end(Direction::Client);
    return harness.sink.bytes;
  }

 private:
  KeyStore keys_;
  std::vector<std::uint8_t> client_hello_ = bytes(trace::kClientHello);
  std::vector<std::uint8_t> server_hello_ = bytes(trace::kServerHello);
};

void count(benchmark::State& state) {
  const auto records = static_cast<std::int64_t>(state.iterations() * kRecords);
  state.SetItemsProcessed(records);
  state.SetBytesProcessed(records * state.range(0));
}

void tls_decrypt(benchmark::State& state) {
  Connections connections;
  const auto records = sealed(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const std::uint64_t content = connections.run([&](LayerHarness& harness, TlsLayer& layer) {
      for (const std::string& record : records) harness.feed(layer, Direction::Client, record);
    });
    if (content != kRecords * static_cast<std::uint64_t>(state.range(0))) state.SkipWithError("content is missing");
  }
  count(state);
}
BENCHMARK(tls_decrypt)->Arg(200)->Arg(1400)->Arg(16000);

void raw_aes_gcm(benchmark::State& state) {
  const auto records = sealed(static_cast<std::size_t>(state.range(0)));
  const auto keys = *derive_tls13_keys(*find_tls_suite(0x1301), bytes(trace::kClientApplicationSecret));
  EVP_CIPHER_CTX* const context = EVP_CIPHER_CTX_new();
  EVP_DecryptInit_ex(context, EVP_aes_128_gcm(), nullptr, keys.key.data(), nullptr);
  std::vector<std::uint8_t> out(kMaxRecordBytes);
  constexpr std::size_t kTag = 16;
  for (auto _ : state) {
    for (std::size_t i = 0; i < kRecords; ++i) {
      auto nonce = keys.iv;
      nonce[10] ^= static_cast<std::uint8_t>(i >> 8);
      nonce[11] ^= static_cast<std::uint8_t>(i);
      const Bytes record = as_bytes(records[i]);
      const Bytes content = record.subspan(kTlsHeaderBytes, record.size() - kTlsHeaderBytes - kTag);
      int written = 0;
      EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, nonce.data());
      EVP_DecryptUpdate(context, nullptr, &written, record.data(), kTlsHeaderBytes);
      EVP_DecryptUpdate(context, out.data(), &written, content.data(), static_cast<int>(content.size()));
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTag, const_cast<std::uint8_t*>(record.last(kTag).data()));
      if (EVP_DecryptFinal_ex(context, out.data(), &written) != 1) state.SkipWithError("a record does not open");
    }
  }
  EVP_CIPHER_CTX_free(context);
  count(state);
}
BENCHMARK(raw_aes_gcm)->Arg(200)->Arg(1400)->Arg(16000);

// The worst that a loss can ask for: as many records as are tried, none of which opens, with every number that they may
// have. Items are the records.
void tls_search(benchmark::State& state) {
  Connections connections;
  auto records = sealed(static_cast<std::size_t>(state.range(0)));
  records.resize(Limits().tls_search_records);
  for (std::string& record : records) record.back() = static_cast<char>(record.back() ^ 1);
  for (auto _ : state) {
    connections.run([&](LayerHarness& harness, TlsLayer& layer) {
      layer.on_gap(Direction::Client, std::uint64_t{1} << 30);
      for (const std::string& record : records) harness.feed(layer, Direction::Client, record);
    });
  }
  const auto tried = static_cast<std::int64_t>(state.iterations() * records.size());
  state.SetItemsProcessed(tried);
  state.SetBytesProcessed(tried * state.range(0));
}
BENCHMARK(tls_search)->Arg(20)->Arg(1400)->Arg(16000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace overhear::bench
