// The layers that cut streams into messages: the same bytes in any pieces say the same.
#include "dissectors/framing/plain_layer.hpp"
#include "dissectors/http/http_layer.hpp"
#include "dissectors/websocket/ws_layer.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

namespace overhear::fuzz {
namespace {

constexpr std::size_t kBytewise = 3000;

}  // namespace

void check_cuts(const testing::Script& script, const testing::LayerSetup& setup, std::size_t cut) {
  const testing::Heard whole = testing::run(script, setup);
  const auto compare = [&](const testing::Heard& heard) {
    check(heard.log == whole.log, testing::difference(whole.log, heard.log));
  };
  compare(testing::run(script, setup, {cut}));
  if (script.bytes() <= kBytewise) compare(testing::run_bytewise(script, setup));
  std::uint64_t size = 0;
  for (const testing::Said& unit : whole.units) {
    size += unit.size;
    check(!unit.is_opaque || unit.bytes.size() <= setup.limits.message_bytes, "an opaque unit over the limit");
  }
  check(size <= script.bytes(), "more bytes leave than came");
}

void fuzz_plain(Bytes input) {
  testing::LayerSetup setup;
  setup.make = testing::layer<PlainLayer>(StreamFraming::Json);
  check_layer(input, setup);
}

void fuzz_http(Bytes input) {
  testing::LayerSetup setup;
  setup.make = testing::layer<HttpLayer>();
  check_layer(input, setup);
}

void fuzz_websocket(Bytes input) {
  testing::LayerSetup setup;
  setup.make = testing::layer<WsLayer>();
  check_layer(input, setup);
}

}  // namespace overhear::fuzz
