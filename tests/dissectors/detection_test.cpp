// What a connection speaks, told by its first bytes, its ports and the user.
#include "dissectors/detection.hpp"

#include <gtest/gtest.h>

#include "dissectors/detecting_layer.hpp"
#include "dissectors/registry.hpp"
#include "tests/support/layer_script.hpp"
#include "tests/support/mcp_wire.hpp"
#include "tests/support/ws_wire.hpp"

namespace overhear::testing {
namespace {

const Protocol* protocol(std::string_view name) {
  return name.empty() ? nullptr : find_protocol(name);
}

Hints hints(std::string_view by_port, std::string_view forced = {}, bool is_midstream = false) {
  return {protocol(forced), protocol(by_port), is_midstream};
}

struct Told {
  Carriage carriage = Carriage::Opaque;
  std::string protocol;
  std::optional<Direction> sender;

  friend bool operator==(const Told&, const Told&) = default;
};

void PrintTo(const Told& told, std::ostream* out) {
  *out << "carriage " << static_cast<int>(told.carriage) << " of '" << told.protocol << "' by "
       << (told.sender ? to_string(*told.sender) : "?");
}

// The first verdict as the bytes come one by one, and how many it took.
Told look(std::string_view text, const Hints& hints, std::size_t step = 1) {
  Detector detector;
  JsonIndex json;
  std::optional<Verdict> verdict;
  for (std::size_t size = step; !verdict && size < text.size(); size += step) {
    verdict = detector.look(text.substr(0, size), hints, {}, json, false);
  }
  if (!verdict) verdict = detector.look(text, hints, {}, json, false);
  if (!verdict) verdict = detector.look(text, hints, {}, json, true);
  return {verdict->carriage, verdict->protocol == nullptr ? "" : std::string(verdict->protocol->name), verdict->sender};
}

constexpr auto kFromClient = Direction::Client;
constexpr auto kFromServer = Direction::Server;
const std::string kGradAgenda = R"({"cdid":"1","type":"authenticate","user-id":"u","session-id":"s"})";
const std::string kCchat = R"({"ver":1,"type":"join","clientid":"c","chatroom":"r"})";
const std::string kScrp = R"({"req_id":1,"method":"LOG_IN","user_id":"a","user_password":"b"})";
const std::string kChatMasterServer = R"({"data": {"request": "login"}, "type": "request"})";

struct Case {
  const char* name;
  std::string bytes;
  Hints hints;
  Told expected;
};

std::vector<Case> cases() {
  const std::string prefix = hex("00 00 00 40");
  return {
      {"an MCP handshake on any port", mcp_client_handshake(), hints(""), {Carriage::Mcp, "mcp", std::nullopt}},
      {"an MCP handshake on another's port",
       mcp_client_handshake(),
       hints("scrp"),
       {Carriage::Mcp, "mcp", std::nullopt}},
      {"ChatMaster on any port", kChatMasterServer, hints(""), {Carriage::Plain, "chatmaster", kFromServer}},
      {"ChatMaster on MCP's port", kChatMasterServer, hints("mcp"), {Carriage::Plain, "chatmaster", kFromServer}},
      {"SCRP without its length", kScrp, hints(""), {Carriage::Plain, "scrp", kFromClient}},
      {"a length prefix", prefix + kScrp, hints(""), {Carriage::Plain, "", std::nullopt}},
      {"a zlib stream", "x\x9C\x01\x02", hints(""), {Carriage::Plain, "", std::nullopt}},
      {"an upgrade", upgrade_request(), hints(""), {Carriage::Http, "", kFromClient}},
      {"an upgrade's answer", upgrade_response(), hints("mcp"), {Carriage::Http, "", kFromServer}},
      {"GradAgenda without a WebSocket", kGradAgenda, hints(""), {Carriage::Plain, "gradagenda", kFromClient}},
      {"cchat without a WebSocket", kCchat, hints("cchat"), {Carriage::Plain, "cchat", kFromClient}},
      {"JSON of nobody", R"({"x":1})", hints(""), {Carriage::Plain, "", std::nullopt}},
      {"JSON of nobody on a port", R"({"x":1})", hints("scrp"), {Carriage::Plain, "scrp", std::nullopt}},
      {"JSON that is invalid", R"({"x":nope})", hints(""), {Carriage::Plain, "", std::nullopt}},
      {"JSON that is torn", R"({"x":)", hints(""), {Carriage::Plain, "", std::nullopt}},
      {"binary of nobody", hex("16 03 01 02"), hints(""), {Carriage::Opaque, "", std::nullopt}},
      {"text of nobody", "EHLO example.com\r\n", hints(""), {Carriage::Opaque, "", std::nullopt}},
      {"binary on MCP's port", hex("16 03 01 02"), hints("mcp"), {Carriage::Mcp, "mcp", std::nullopt}},
      {"a frame on cchat's port",
       hex("81 05 48 65 6c 6c 6f"),
       hints("cchat"),
       {Carriage::WebSocket, "cchat", std::nullopt}},
      {"forced, against its bytes",
       mcp_client_handshake(),
       hints("mcp", "scrp"),
       {Carriage::Plain, "scrp", std::nullopt}},
      {"forced, over HTTP", upgrade_request(), hints("", "cchat"), {Carriage::Http, "cchat", kFromClient}},
      {"forced to MCP", hex("99 98 97"), hints("", "mcp"), {Carriage::Mcp, "mcp", std::nullopt}},
      {"in the middle of nobody's", "\"x\":1}", hints("", "", true), {Carriage::Opaque, "", std::nullopt}},
      {"in the middle on MCP's port", "\"x\":1}", hints("mcp", "", true), {Carriage::Mcp, "mcp", std::nullopt}},
      {"in the middle on cchat's port",
       "{\"ver\":1}",
       hints("cchat", "", true),
       {Carriage::WebSocket, "cchat", std::nullopt}},
      {"in the middle on SCRP's port", kScrp, hints("scrp", "", true), {Carriage::Plain, "scrp", Direction::Client}},
      {"MCP in the middle on no known port",
       R"({"type":"Handshake.Handshake.1","data":{"version":"2.1.0","publicKey":"ab"}})",
       hints("", "", true),
       {Carriage::Mcp, "mcp", std::nullopt}},
  };
}

TEST(Detector, TellsWhatAConnectionSpeaksHoweverItsBytesCome) {
  for (const auto& [name, bytes, given, expected] : cases()) {
    EXPECT_EQ(look(bytes, given, bytes.size()), expected) << name;
    EXPECT_EQ(look(bytes, given), expected) << name << ", byte by byte";
    EXPECT_EQ(look(bytes, given, 3), expected) << name << ", by threes";
  }
}

TEST(Detector, DoesNotNeedMoreThanTheFirstMessage) {
  for (const std::string& message : {mcp_client_handshake(), kChatMasterServer, kScrp, kCchat}) {
    Detector detector;
    JsonIndex json;
    for (std::size_t size = 1; size < message.size(); ++size) {
      EXPECT_FALSE(detector.look(message.substr(0, size), hints(""), {}, json, false)) << size;
    }
    EXPECT_TRUE(detector.look(message, hints(""), {}, json, false));
  }
}

TEST(Detector, AlwaysHasAVerdictAtTheEnd) {
  for (const char* const bytes : {"", " ", "x", "G", "\xEF", "{", "HTTP/", "\0"}) {
    for (const bool is_midstream : {false, true}) {
      Detector detector;
      JsonIndex json;
      EXPECT_TRUE(detector.look(bytes, hints("", "", is_midstream), {}, json, true)) << bytes;
    }
  }
}

TEST(Detector, DoesNotWaitForAMessageOverTheLimit) {
  Limits limits;
  limits.message_bytes = 100;
  Detector detector;
  JsonIndex json;
  const std::string endless = "{\"type\":\"" + std::string(100, 'x');
  EXPECT_FALSE(detector.look(endless.substr(0, 100), hints(""), limits, json, false));
  EXPECT_TRUE(detector.look(endless, hints(""), limits, json, false));
}

TEST(Detection, FindsTlsByItsHelloWhateverThePortAndTheUserSay) {
  const std::string client_hello = hex("16 03 01 00 c4 01 00 00 c0 03 03");
  const std::string server_hello = hex("16 03 03 00 5a 02 00 00 56 03 03");
  EXPECT_EQ(look(client_hello, hints("scrp")), (Told{Carriage::Tls, "", kFromClient}));
  EXPECT_EQ(look(server_hello, hints("scrp", "mcp")), (Told{Carriage::Tls, "mcp", kFromServer}));
  Hints inside = hints("");
  inside.is_inside_tls = true;
  EXPECT_EQ(look(client_hello, inside).carriage, Carriage::Opaque);
  for (const char* other :
       {"16 03 01 00 c4 0b 00 00 c0 03", "16 03 01 00 00 01 00", "16 02 00 00 c4 01 00", "17 03 03 00 20 01"}) {
    EXPECT_EQ(look(hex(other), hints("")).carriage, Carriage::Opaque) << other;
  }
}

TEST(Detection, FindsTlsInTheMiddleByRecordsThatFollowEachOther) {
  const std::string record = hex("17 03 03 00 05 01 02 03 04 05");
  EXPECT_EQ(look(record + hex("17 03 03"), hints("", {}, true)), (Told{Carriage::Tls, "", {}}));
  EXPECT_EQ(look(record + hex("15 03 03"), hints("", {}, true)), (Told{Carriage::Tls, "", {}}));
  EXPECT_EQ(look(record + hex("7b 03 03"), hints("", {}, true)).carriage, Carriage::Opaque);
  EXPECT_EQ(look(record, hints("", {}, true)).carriage, Carriage::Opaque);
}

TEST(DetectingLayer, SaysTheSameWhereASideThatToldNothingSpokeFirst) {
  LayerSetup setup;
  setup.make = [](LayerContext& context) {
    return std::make_unique<DetectingLayer>(context, Hints{}, [](Direction sender, const Verdict&) { return sender; });
  };
  Script script;
  script.server("{").client("no protocol at all").fin();
  cut_anywhere(script, setup);
  EXPECT_EQ(run(script, setup).units.size(), 2u);
}

TEST(Recognize, PrefersTheProtocolOfThePortBetweenEquals) {
  JsonIndex json;
  for (const std::string& text : {kGradAgenda, kCchat, kScrp, kChatMasterServer}) {
    ASSERT_EQ(json.parse(text, {}), JsonIndex::Status::Valid);
    const Recognized found = recognize(json, nullptr);
    ASSERT_NE(found.protocol, nullptr) << text;
    EXPECT_EQ(recognize(json, found.protocol).protocol, found.protocol) << text;
  }
  ASSERT_EQ(json.parse("[1]", {}), JsonIndex::Status::Valid);
  EXPECT_EQ(recognize(json, find_protocol("mcp")).protocol, nullptr);
}

}  // namespace
}  // namespace overhear::testing
