// Another text in the place of a message, read by the layers that read the message.
#include "proxy/message_form.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <set>

#include "dissectors/framing/deflater.hpp"
#include "dissectors/framing/json_packages.hpp"
#include "dissectors/framing/length_prefix.hpp"
#include "dissectors/http/http_layer.hpp"
#include "dissectors/websocket/frame_header.hpp"
#include "tests/support/layer_script.hpp"
#include "tests/support/ws_wire.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Direction kClient = Direction::Client;
constexpr Direction kServer = Direction::Server;
const std::string kA = R"({"type":"a","n":1})";
const std::string kB = R"({"type":"b","text":"the same text, the same text"})";
const std::string kMark = "\xEF\xBB\xBF";

std::string in_form(const MessageForm& form, std::string_view text) {
  std::string out = "before ";  // what stands in the buffer already
  form.append(text, out);
  EXPECT_TRUE(out.starts_with("before "));
  return out.substr(7);
}

// A JSON text of just so many bytes that does not compress to nothing.
std::string json_of(std::size_t size) {
  std::string out = R"({"type":"x","text":")";
  std::uint32_t state = 1;
  while (out.size() + 2 < size) {
    state = state * 1664525 + 1013904223;
    out += static_cast<char>('a' + (state >> 24) % 26);
  }
  return out + "\"}";
}

Heard hear_frames(Direction from, std::string_view frames) {
  Script script;
  const std::string deflate = "Sec-WebSocket-Extensions: permessage-deflate";
  script.client(upgrade_request(deflate)).server(upgrade_response(deflate)).send(from, frames).fin();
  return run(script, {.make = layer<HttpLayer>()});
}

MessageForm frame_form(bool is_masked, bool is_compressed, std::uint8_t opcode = 1) {
  const std::string payload = is_compressed ? MessageDeflater().deflate(kA) : kA;
  const FrameShape shape{.is_masked = is_masked, .reserved = static_cast<std::uint8_t>(is_compressed ? kWsRsv1 : 0)};
  return MessageForm::of(frame(opcode, payload, shape), kA, opcode == 1 ? FrameKind::Text : FrameKind::Binary);
}

TEST(MessageForm, WritesFramesOfAnySizeThatTheWebSocketLayerReads) {
  for (const bool is_masked : {false, true}) {
    for (const bool is_compressed : {false, true}) {
      const MessageForm form = frame_form(is_masked, is_compressed);
      EXPECT_EQ(form.is_compressed(), is_compressed);
      for (const std::size_t size : {0, 1, 24, 125, 126, 127, 65535, 65536, 1'000'000}) {
        const std::string text = size < 24 ? std::string(size, ' ') : json_of(size);
        ASSERT_EQ(text.size(), size);
        const std::string raw = in_form(form, text);
        const Heard heard = hear_frames(is_masked ? kClient : kServer, raw + raw);
        EXPECT_TRUE(heard.messages() == std::vector<std::string>({text, text})) << size;
        EXPECT_THAT(heard.findings, IsEmpty()) << "of the mask, or of the length";
        for (const Said& unit : heard.units) EXPECT_THAT(unit.findings, IsEmpty()) << "not the shortest length";
      }
    }
  }
}

TEST(MessageForm, KeepsTheKindOfFrame) {
  const auto header_of = [](const MessageForm& form) { return *parse_ws_header(in_form(form, kB)); };
  EXPECT_EQ(header_of(frame_form(false, false, 1)).opcode, 1);
  EXPECT_EQ(header_of(frame_form(true, false, 2)).opcode, 2);
  EXPECT_TRUE(header_of(frame_form(true, false, 2)).is_masked);
  EXPECT_EQ(header_of(frame_form(false, true)).reserved, kWsRsv1);
  EXPECT_EQ(header_of(frame_form(false, false)).reserved, 0);
  // Bits that some extension has set, and the payload is what it shows.
  const MessageForm odd = MessageForm::of(frame(1, kA, {.reserved = 5}), kA, FrameKind::Text);
  EXPECT_FALSE(odd.is_compressed());
  EXPECT_EQ(in_form(odd, kB), frame(1, kB, {.reserved = 5}));
}

// As chat servers do that limit the size of a frame.
TEST(MessageForm, MakesFragmentsOfWhatCameInFragments) {
  const std::string ping = frame(9, "beat", {.is_masked = true});
  const auto part = [](std::uint8_t opcode, std::string_view text, bool is_final, std::uint8_t reserved = 0) {
    return frame(opcode, text, {.is_masked = true, .is_final = is_final, .reserved = reserved});
  };
  const std::string said = json_of(400);
  const std::string plain =
      part(2, said.substr(0, 5), false) + ping + part(0, "", false) + part(0, said.substr(5), true);
  const MessageForm form = MessageForm::of(plain, said, FrameKind::Binary);
  const MessageForm unmasked = form.mirrored(kServer);
  const std::string text = json_of(396);
  EXPECT_EQ(in_form(unmasked, text.substr(0, 395)), frame(2, text.substr(0, 395)));
  EXPECT_EQ(in_form(unmasked, text), frame(2, text.substr(0, 395), {.is_final = false}) + frame(0, text.substr(395)));
  EXPECT_EQ(in_form(unmasked, ""), frame(2, ""));
  EXPECT_THAT(hear_frames(kClient, in_form(form, json_of(2000))).messages(), ElementsAre(json_of(2000)));
  const std::string deflated = MessageDeflater().deflate(kB);
  const std::string packed = part(1, deflated.substr(0, 9), false, kWsRsv1) + part(0, deflated.substr(9), true);
  const MessageForm tight = MessageForm::of(packed, kB, FrameKind::Text);
  EXPECT_TRUE(tight.is_compressed());
  EXPECT_THAT(hear_frames(kClient, in_form(tight, json_of(2000))).messages(), ElementsAre(json_of(2000)));
}

TEST(MessageForm, MasksEachFrameAnew) {
  const MessageForm form = frame_form(true, false);
  std::set<std::array<std::uint8_t, 4>> masks;
  for (int i = 0; i < 20; ++i) masks.insert(parse_ws_header(in_form(form, kB))->mask);
  EXPECT_EQ(masks.size(), 20);
}

// Inflates a message as a receiver with the smallest window does, in parts, so that only the window is remembered.
class SmallInflater {
 public:
  SmallInflater() { inflateInit2(&stream_, -9); }
  ~SmallInflater() { inflateEnd(&stream_); }
  SmallInflater(const SmallInflater&) = delete;
  SmallInflater& operator=(const SmallInflater&) = delete;

  std::string inflate(std::string payload) {
    payload += std::string("\x00\x00\xFF\xFF", 4);
    stream_.next_in = reinterpret_cast<Bytef*>(payload.data());
    stream_.avail_in = static_cast<uInt>(payload.size());
    std::string out;
    do {
      char part[100];
      stream_.next_out = reinterpret_cast<Bytef*>(part);
      stream_.avail_out = sizeof part;
      const int status = ::inflate(&stream_, Z_SYNC_FLUSH);
      if (status != Z_OK && status != Z_BUF_ERROR) return stream_.msg == nullptr ? "?" : stream_.msg;
      out.append(part, sizeof part - stream_.avail_out);
    } while (stream_.avail_out == 0);
    return out;
  }
  void reset() { inflateReset(&stream_); }

 private:
  z_stream stream_{};
};

TEST(MessageForm, CompressesForAnyWindowAndAnyContext) {
  const MessageForm form = frame_form(false, true);
  const std::string twice = json_of(20'000) + json_of(20'000);
  for (const bool has_takeover : {false, true}) {
    SmallInflater inflater;
    for (const std::string& text : {twice, kB + kB, std::string(), std::string(5000, 'a'), twice}) {
      const std::string raw = in_form(form, text);
      EXPECT_EQ(inflater.inflate(raw.substr(parse_ws_header(raw)->size)), text);
      if (!has_takeover) inflater.reset();
    }
  }
}

TEST(MessageForm, MirrorsAFrameAsTheOtherSideMustSendIt) {
  const MessageForm to_client = frame_form(true, true, 2).mirrored(kServer);
  EXPECT_EQ(to_client, frame_form(false, false, 2));
  EXPECT_EQ(frame_form(false, true).mirrored(kClient), frame_form(true, false));
  EXPECT_EQ(frame_form(true, false).mirrored(kClient), frame_form(true, false)) << "a server that masks";
  // A client that does not mask, as there are, has a server that does not either.
  EXPECT_EQ(frame_form(false, false).mirrored(kServer), frame_form(false, false));
}

TEST(MessageForm, MirrorsWhatIsNoFrame) {
  const MessageForm packed =
      MessageForm::of(in_form(MessageForm::first(StreamFraming::LengthPrefix, kClient), kA), kA, FrameKind::None);
  EXPECT_EQ(packed.mirrored(kServer), packed);
  EXPECT_EQ(MessageForm::of(kMark + kA, kA, FrameKind::None).mirrored(kServer),
            MessageForm::first(StreamFraming::Json, kServer));
}

TEST(MessageForm, CountsTheBytesBehindALength) {
  const MessageForm form = MessageForm::of(std::string("\x00\x00\x00\x12", 4) + kA, kA, FrameKind::None);
  EXPECT_EQ(form, MessageForm::first(StreamFraming::LengthPrefix, kClient));
  for (const std::size_t size : {40, 255, 256, 65535, 65536, 1 << 20}) {
    const std::string text = json_of(size);
    const std::string raw = in_form(form, text);
    Script script;
    script.client(raw + raw).fin();
    const Heard heard = run(script, {.make = framed_by<LengthPrefix>()});
    EXPECT_TRUE(heard.messages() == std::vector<std::string>({text, text})) << size;
  }
  EXPECT_EQ(in_form(form, ""), std::string(4, '\0'));
  // A length that is not that of the body is a part of what stands in front of it.
  const std::string odd = std::string("\x00\x00\x00\x13", 4) + kA;
  EXPECT_EQ(in_form(MessageForm::of(odd, kA, FrameKind::None), "{}"), odd.substr(0, 4) + "{}");
}

TEST(MessageForm, PacksWhatCameAsAZlibStream) {
  std::string package;
  append_zlib_package(kA, package);
  const MessageForm form = MessageForm::of(package, kA, FrameKind::None);
  EXPECT_EQ(form.mirrored(kServer), form) << "who sends packages reads them";
  for (const std::size_t size : {40, 65536, 1'000'000}) {
    const std::string text = json_of(size);
    const std::string raw = in_form(form, text);
    EXPECT_LT(raw.size(), std::max(text.size(), std::size_t{60}));
    Script script;
    script.server(raw + raw + kA).fin();
    const Heard heard = run(script, {.make = framed_by<JsonPackages>()});
    EXPECT_TRUE(heard.messages() == std::vector<std::string>({text, text, kA})) << size;
  }
  EXPECT_EQ(in_form(MessageForm::of(package, package, FrameKind::None), "{}"), "{}") << "shown as it was";
  EXPECT_EQ(in_form(MessageForm::of(package, kB, FrameKind::None), "{}"), "{}") << "the package of something else";
}

TEST(MessageForm, ReplacesABareTextWhereItStands) {
  const auto replaced = [](std::string_view raw, std::string_view body, std::string_view text) {
    return in_form(MessageForm::of(raw, body, FrameKind::None), text);
  };
  EXPECT_EQ(replaced(kA, kA, kB), kB);
  EXPECT_EQ(replaced(kA + "\r\n", kA, kB), kB + "\r\n");
  EXPECT_EQ(replaced(kMark + kA, kA, kB), kMark + kB);
  EXPECT_EQ(replaced(kMark + kA, kMark + kA, kB), kMark + kB) << "the body as it is shown has the mark too";
  EXPECT_EQ(replaced(kMark + kA, kMark + kA, kMark + kB), kMark + kB);
  EXPECT_EQ(replaced("sealed", kA, kB), kB) << "the body stands nowhere";
  EXPECT_EQ(replaced("", "", kB), kB);
  EXPECT_EQ(in_form(MessageForm::first(StreamFraming::Json, kServer), kB), kB);
  EXPECT_EQ(in_form(MessageForm::first(StreamFraming::Mcp, kServer), kB), kB);
}

TEST(MessageForm, OfAFirstMessageInWebSocketIsATextFrame) {
  EXPECT_EQ(MessageForm::first(StreamFraming::WebSocket, kClient), frame_form(true, false));
  EXPECT_EQ(MessageForm::first(StreamFraming::WebSocket, kServer), frame_form(false, false));
}

TEST(MessageForm, TakesWhatIsNoFrameAsBytes) {
  for (const std::string& raw : {from_client(kA).substr(0, 9), from_client(kA) + kB, frame(9, "ping")}) {
    EXPECT_EQ(in_form(MessageForm::of(raw, raw.substr(1), FrameKind::Text), "x"), raw.substr(0, 1) + "x");
  }
}

TEST(MessageForm, SplitsControlFramesFromThoseOfTheMessage) {
  const std::string one = frame(1, "{", {.is_masked = true, .is_final = false});
  const std::string two = frame(0, "}", {.is_masked = true});
  const std::string ping = frame(9, "beat", {.is_masked = true});
  const std::string close = frame(8, "", {.is_masked = true});
  const auto split = [](const std::string& raw) {
    const WsFrames frames = split_ws_frames(raw);
    return std::vector<std::string>{frames.own, frames.others};
  };
  EXPECT_THAT(split(one + ping + two), ElementsAre(one + two, ping));
  EXPECT_THAT(split(ping + one + ping + close + two), ElementsAre(one + two, ping + ping + close));
  EXPECT_THAT(split(one + two), ElementsAre(one + two, ""));
  EXPECT_THAT(split(one + ping + two.substr(0, 3)), ElementsAre(one + two.substr(0, 3), ping));
  EXPECT_THAT(split(""), ElementsAre("", ""));
  const std::string endless = std::string("\x89\x7F", 2) + std::string(8, '\xFF') + "abc";
  EXPECT_THAT(split(endless), ElementsAre(endless, ""));
}

}  // namespace
}  // namespace overhear::testing
