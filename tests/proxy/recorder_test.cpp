#include "proxy/recorder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/capture/capture_reading.hpp"
#include "tests/capture/packet_decoding.hpp"

namespace overhear::testing {
namespace {

LegEnds ends() {
  return {{{endpoint("192.0.2.1:40000"), endpoint("192.0.2.2:8080")},
           {endpoint("[2001:db8::2]:50000"), endpoint("[2001:db8::3]:9000")}}};
}

// What `packet` carries, and between whom.
std::string text_of(const ReadPacket& packet) {
  const auto decoded = Decoding().feed(packet.bytes, packet.link_type);
  return decoded ? to_string(decoded->segment.source) + " " + decoded->payload : "nothing";
}

TEST(Recorder, KeepsBothLegsWithKeysInFrontOfWhatTheyOpen) {
  const TempFile file(Buffer{}, ".pcapng");
  auto recorder = Recorder::open(file.path(), "a test");
  ASSERT_TRUE(recorder.has_value());
  Recorder& kept = **recorder;
  kept.on_opened(7, ends(), {kStart});
  EXPECT_EQ(kept.packet(7, Side::First), 1u);
  kept.add_keys("one\n");
  kept.add_keys("two\n");
  kept.on_bytes(7, Leg::Client, Side::First, 0, as_bytes("ask"), {kStart + 1});
  EXPECT_EQ(kept.packet(7, Side::First), 7u);
  kept.on_bytes(7, Leg::Server, Side::First, 0, as_bytes("ASK"), {kStart + 2});
  EXPECT_EQ(kept.packet(7, Side::First), 7u) << "the client's leg counts";
  kept.on_bytes(8, Leg::Client, Side::First, 0, as_bytes("of none"), {kStart + 3});
  kept.on_closed(7, {kStart + 4});
  EXPECT_EQ(kept.packet(7, Side::First), 0u);
  ASSERT_TRUE(kept.flush().has_value());
  const ReadCapture capture = read_path(file.path());
  ASSERT_EQ(capture.packets.size(), 12u);
  EXPECT_EQ(text_of(capture.packets[6]), "192.0.2.1:40000 ask");
  EXPECT_EQ(text_of(capture.packets[7]), "[2001:db8::2]:50000 ASK");
  EXPECT_EQ(capture.packets[7].time, kStart + 2);
  ASSERT_EQ(capture.secrets.size(), 1u);
  EXPECT_EQ(capture.secrets[0].second, "one\ntwo\n");
  EXPECT_EQ(capture.codes, std::vector<std::string>{});
}

TEST(Recorder, TellsAtOnceThatItCannotWrite) {
  auto recorder = Recorder::open("/dev/full", "a test");
  ASSERT_FALSE(recorder.has_value());
  EXPECT_EQ(recorder.error().kind, ErrorKind::Environment);
}

}  // namespace
}  // namespace overhear::testing
