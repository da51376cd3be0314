// What stands in a connection meets anything: streams that were changed on their way, and none at all.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "decrypt/hex.hpp"
#include "decrypt/mcp_key_pair.hpp"
#include "proxy/mcp_rekey.hpp"
#include "tests/proxy/chance.hpp"
#include "tests/proxy/ears.hpp"
#include "tests/proxy/tls_talk.hpp"
#include "tests/support/mcp_wire.hpp"

namespace overhear::testing {
namespace {

// TLS promises that: what it lets through was said, and stands where it was said.
TEST(RewriterMutation, TlsShowsNothingThatWasNotSaid) {
  const std::string said[] = {"{\"type\":\"asked\"}", "{\"type\":\"answered\"}"};
  int failed = 0;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    Chance chance(seed);
    const std::size_t changed_flight = chance.below(8);
    std::size_t flight = 0;
    TlsTalkSetup setup;
    setup.step = chance.below(3) == 0 ? 1 + chance.below(200) : std::string::npos;
    setup.change = [&](Side, std::string& bytes) {
      if (flight++ == changed_flight) chance.change(bytes);
    };
    TlsTalk talk(std::move(setup));
    talk.shake_hands();
    std::string all[2];
    for (int i = 0; i < 4; ++i) {
      const Side from = i % 2 == 0 ? Side::First : Side::Second;
      if (!talk.is_open(from)) break;
      const std::string& text = said[static_cast<std::size_t>(from)];
      if (SSL_write(talk.ssl(from), text.data(), static_cast<int>(text.size())) <= 0) break;
      all[static_cast<std::size_t>(from)] += text;
      talk.move();
    }
    talk.end(Side::First);
    talk.end(Side::Second);
    for (const std::size_t side : {0, 1}) EXPECT_TRUE(all[side].starts_with(talk.shown[side]));
    EXPECT_LT(talk.intercept().held(), 20'000u);
    EXPECT_LE(talk.told.size(), 1u);
    if (talk.intercept().has_failed()) ++failed;
  }
  EXPECT_GT(failed, 50);
}

TEST(RewriterMutation, TlsTakesAnyBytesForWhatTheyAre) {
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    SCOPED_TRACE(seed);
    Chance chance(seed);
    TlsTalkSetup setup;
    setup.route.is_optional = chance.below(2) == 0;
    TlsTalk talk(std::move(setup));
    std::string head = chance.below(2) == 0 ? std::string("\x16\x03\x01\x00\x40\x01\x00\x00\x3c", 9) : "";
    if (!head.empty()) chance.change(head);
    std::string sent, got;
    for (int i = 0; i < 5 && !talk.intercept().has_failed(); ++i) {
      const std::string part = std::exchange(head, {}) + chance.bytes(1 + chance.below(60));
      sent += part;
      got += talk.say_raw(Side::First, part);
    }
    if (talk.intercept().has_failed()) {
      EXPECT_EQ(talk.told.size(), 1u);
    } else {
      EXPECT_TRUE(sent.starts_with(got));
    }
    EXPECT_EQ(talk.opened, 0);
  }
}

// A stream as a peer would send it that does not know the proxy's key, which is as good as any.
std::string mcp_stream(Chance& chance, std::string_view key) {
  std::string out = mcp_handshake(key) + (chance.below(2) == 0 ? "\n\n" : "");
  const McpVariant& variant = kMcpVariants[chance.below(kMcpVariants.size())];
  McpSender sender(variant.form == SecretForm::Trimmed ? *find_mcp_variant("raw") : variant, mcp_secret());
  for (std::size_t i = chance.below(4); i > 0; --i) out += sender.seal(R"({"type":"Room.Join.2","data":{"room":1}})");
  if (chance.below(2) == 0) out += R"({"type":"Error.PacketDataIncorrect","data":null})";
  for (std::size_t i = chance.below(3); i > 0; --i) chance.change(out);
  return out;
}

TEST(RewriterMutation, McpPassesOnWhatItCannotOpenWithoutAChange) {
  const Limits limits;
  Workspace workspace;
  const McpRekeyOptions options;
  const std::string keys[] = {to_hex(make_mcp_key_pair(false, {})->public_key),
                              to_hex(make_mcp_key_pair(true, {})->public_key)};
  for (unsigned seed = 1; seed <= 600; ++seed) {
    SCOPED_TRACE(seed);
    Chance chance(seed);
    Ears ears;
    McpRekey rekey(limits, workspace, options, nullptr, ears);
    std::string streams[2] = {mcp_stream(chance, keys[0]), mcp_stream(chance, keys[1])};
    const bool is_garbage = chance.below(4) == 0;
    if (is_garbage) streams[0] = chance.bytes(300);
    std::size_t at[2] = {0, 0};
    while (at[0] < streams[0].size() || at[1] < streams[1].size()) {
      const std::size_t side = chance.below(2);
      const std::size_t size = std::min(1 + chance.below(200), streams[side].size() - at[side]);
      if (size > 0)
        rekey.on_bytes(static_cast<Side>(side), as_bytes(std::string_view(streams[side]).substr(at[side], size)));
      if (chance.below(5) == 0) rekey.on_pause(static_cast<Side>(side));
      at[side] += size;
    }
    for (const Side side : {Side::First, Side::Second}) rekey.on_end(side);
    EXPECT_EQ(rekey.held(), 0u);
    EXPECT_LE(ears.told.size(), 1u);
    if (is_garbage) {
      EXPECT_EQ(ears.outs[1], streams[0]);
    }
  }
}

}  // namespace
}  // namespace overhear::testing
