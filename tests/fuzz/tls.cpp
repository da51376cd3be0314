// TLS 1.3 with the hellos and keys of RFC 8448. Bit 2 of a part's kind seals it as application data, bit 3 as handshake
// messages, with bit 4 under the handshake keys; bit 5 puts the sender's hello there instead. So the fuzzer writes
// plaintext.
#include "dissectors/tls/tls_layer.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/rfc8448.hpp"
#include "tests/support/tls_peers.hpp"
#include "tests/support/tls_seal.hpp"

namespace overhear::fuzz {
namespace {

testing::TlsSealer sealer(std::string_view secret) {
  return testing::TlsSealer(as_bytes(testing::hex(secret)));
}

}  // namespace

void fuzz_tls(Bytes input) {
  namespace trace = testing::rfc8448;
  static const auto kKeys = testing::key_store(trace::key_log());
  testing::TlsSealer sealers[2][2] = {
      {sealer(trace::kClientApplicationSecret), sealer(trace::kServerApplicationSecret)},
      {sealer(trace::kClientHandshakeSecret), sealer(trace::kServerHandshakeSecret)}};
  testing::LayerSetup setup;
  setup.make = testing::layer<TlsLayer>(Hints{}, [](Direction sender, const Verdict&) { return sender; });
  setup.keys = kKeys.get();
  setup.limits.tls_handshake_bytes = 1000;
  check_layer(input, setup, [&](std::uint8_t kind, Direction direction, std::string_view part) {
    const bool is_server = direction == Direction::Server;
    if ((kind & 32) != 0) return testing::hex(is_server ? trace::kServerHello : trace::kClientHello);
    testing::TlsSealer& by = sealers[(kind & 16) != 0][is_server];
    const std::string_view content = part.substr(0, 1u << 14);
    if ((kind & 8) != 0) return by.seal(22, content);
    return (kind & 4) != 0 ? by.seal(23, content) : std::string(part);
  });
}

}  // namespace overhear::fuzz
