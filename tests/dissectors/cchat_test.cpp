#include "dissectors/cchat/cchat.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "decrypt/key_store.hpp"
#include "tests/support/dissect.hpp"

namespace overhear::testing {
namespace {

using cchat::kProtocol;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CchatTable, EveryCodeHasAMeaningInTextAndAsANumber) {
  Talk talk(kProtocol);
  for (const Code& code : kProtocol.codes) {
    const std::string value(code.value);
    const auto number = std::to_string(std::stoul(value, nullptr, 16));
    EXPECT_EQ(talk.server(R"({"ver":1,"type":"error","errcode":)" + number + "}").summary.find("error ?"),
              std::string::npos);
    const Dissected seen = talk.server(R"({"ver":1,"type":"error","errcode":")" + value + R"(","errdetail":"why"})");
    if (value == "0x6")
      EXPECT_THAT(seen.findings, ElementsAre("cchat.ambiguous_code /errcode"));
    else if (code.origin == Origin::Specified)
      EXPECT_THAT(seen.findings, IsEmpty()) << value;
    else
      EXPECT_THAT(seen.findings, ElementsAre("cchat.observed_code /errcode")) << value;
  }
  EXPECT_EQ(std::ranges::count(kProtocol.codes, "0x6", &Code::value), 2) << "the specification gives two readings";
}

TEST(Cchat, UnknownErrorCodesAreReported) {
  Talk talk(kProtocol);
  for (const char* code : {"\"0x7\"", "\"zz\"", "\"\"", "\"0x99999999999999999999\""}) {
    const Dissected seen =
        talk.server(std::string(R"({"ver":1,"type":"error","errdetail":"","errcode":)") + code + "}");
    EXPECT_THAT(seen.findings, ElementsAre("app.unknown_value /errcode")) << code;
  }
  EXPECT_THAT(talk.server(R"({"ver":1,"type":"error","errdetail":"","errcode":7})").findings,
              ElementsAre("app.schema /errcode", "app.unknown_value /errcode"));
}

TEST(Cchat, WhatTheRealServerSendsIsWorthNotesAtMost) {
  Talk talk(kProtocol);
  const Dissected exchange = talk.server(
      R"({"ver":1,"type":"keyxchg_1","roundleft":0,"changesecret":true,"keyintrmdt":"02","prime":"eba4cdde96461d1e"})");
  EXPECT_THAT(exchange.findings, ElementsAre("app.unknown_field /changesecret", "app.unknown_field /prime"));
  EXPECT_FALSE(exchange.has_above_note());
  for (const char* code : {"0", "4", "5", "8", "16", "48879"}) {
    const Dissected error = Talk(kProtocol).server(std::string(R"({"ver":1,"type":"error","errcode":)") + code + "}");
    EXPECT_FALSE(error.has_above_note()) << code;
    ASSERT_GE(error.findings.size(), 2u) << code;
    EXPECT_EQ(error.findings.front(), "app.schema /errcode") << "an integer where text is specified";
    EXPECT_EQ(error.findings.back(), "app.schema /errdetail") << code;
  }
}

TEST(Cchat, TellsWhoIsWhereUntilTheyLeave) {
  Talk talk(kProtocol);
  const Dissected join = talk.client(
      R"({"ver":1,"type":"join","clientid":"522b276a356bdf39013dfabea2cd43e141ecc9e8","chatroom":"4dc7c9ec434ed06502767136789763ec11d2c4b7"})");
  EXPECT_EQ(join.user, "522b276a356bdf39013dfabea2cd43e141ecc9e8");
  EXPECT_EQ(join.room, "4dc7c9ec434ed06502767136789763ec11d2c4b7");
  EXPECT_EQ(join.summary, "joins room 4dc7… as 522b…");
  talk.server(R"({"ver":1,"type":"error","errcode":"0x0","errdetail":""})");
  const Dissected said = talk.client(R"({"ver":1,"type":"message_0","content":"aGVsbG8gYm9i"})");
  EXPECT_EQ(said.user, "522b276a356bdf39013dfabea2cd43e141ecc9e8");
  EXPECT_EQ(said.room, "4dc7c9ec434ed06502767136789763ec11d2c4b7");
  EXPECT_EQ(said.text, "hello bob");
  EXPECT_EQ(said.summary, "522b…: hello bob");
  const Dissected heard = talk.server(R"({"ver":1,"type":"message_1","content":"aGk="})");
  EXPECT_EQ(heard.user, "");
  EXPECT_EQ(heard.summary, "message: hi");
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"leave"})").room, "4dc7c9ec434ed06502767136789763ec11d2c4b7");
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"message_0","content":"aGk="})").room, "");
}

TEST(Cchat, ARefusedJoinChangesNothing) {
  Talk talk(kProtocol);
  talk.client(R"({"ver":1,"type":"join","clientid":"a","chatroom":"one"})");
  talk.client(R"({"ver":1,"type":"join","clientid":"b","chatroom":"two"})");
  EXPECT_EQ(talk.server(R"({"ver":1,"type":"error","errcode":4})").room, "one");
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"message_0","content":""})").user, "a");
}

TEST(Cchat, SummariesSayWhatHappened) {
  Talk talk(kProtocol);
  EXPECT_EQ(talk.server(R"({"ver":1,"type":"keyxchg_0","number":"eba4cdde96461d1ec0b05295b8a24e09"})").summary,
            "key exchange: prime, 128 bits");
  EXPECT_EQ(talk.server(R"({"ver":1,"type":"keyxchg_1","roundleft":1,"keyintrmdt":"2"})").summary,
            "key exchange: intermediate, 1 round left");
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"keyxchg_2","roundleft":2,"keyintrmdt":"6d"})").summary,
            "key exchange: result, 2 rounds left");
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"keyxchg_2","roundleft":0,"keyintrmdt":""})").summary, "key exchange: done");
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"leave"})").summary, "leaves");
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"message_0","content":"waY4aMnlnu5mvdZo\nuMapWw==\n"})").summary,
            "message, 26 bytes base64");
  EXPECT_EQ(talk.server(R"({"ver":1,"type":"error","errcode":0})").summary, "ok (0x0)");
  EXPECT_EQ(talk.server(R"({"ver":1,"type":"error","errcode":4})").summary, "error 0x4: duplicate client id");
  EXPECT_EQ(talk.server(R"({"ver":1,"type":"error","errcode":"0x10","errdetail":""})").summary,
            "error 0x10: the key exchange is not finished");
  EXPECT_EQ(talk.server(R"({"ver":1,"type":"error","errcode":"6","errdetail":"You are kicked"})").summary,
            "error 0x6: You are kicked");
  EXPECT_EQ(talk.server(R"({"ver":1,"type":"error","errcode":48879})").summary,
            "error 0xbeef: not JSON, or a message without a type");
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"dance"})").summary, "unknown message dance");
  EXPECT_EQ(talk.client(R"({"ver":1})").summary, "no message type");
}

TEST(Cchat, ATypeThatTheSpecificationDoesNotNameIsANote) {
  Talk talk(kProtocol);
  const Dissected seen = talk.client(R"({"ver":1,"type":"da\nce","x":1})");
  EXPECT_EQ(seen.type_spec, nullptr);
  EXPECT_EQ(seen.type, R"(da\nce)") << "as it stands";
  EXPECT_THAT(seen.findings, ElementsAre("app.unknown_type /type"));
  EXPECT_FALSE(seen.has_above_note());
}

TEST(Cchat, EscapesInNamesAndTypesChangeNothing) {
  Talk talk(kProtocol);
  const Dissected seen = talk.client(R"({"v\u0065r":1,"ty\u0070e":"l\u0065ave"})");
  EXPECT_EQ(seen.type, "leave");
  EXPECT_THAT(seen.findings, IsEmpty());
}

TEST(Cchat, TextIsGivenAsItWouldStandInJson) {
  Talk talk(kProtocol);
  // say "\"<LF>
  const Dissected quoted = talk.client(R"({"ver":1,"type":"message_0","content":"c2F5ICJcIgo="})");
  EXPECT_EQ(quoted.text, R"(say \"\\\"\u000a)");
  EXPECT_EQ(quoted.summary, "message: say \"\\\"\n");
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"message_0","content":"G1szMW0="})").text, "") << "no terminal escapes";
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"message_0","content":"just words!"})").text, "just words!")
      << "some clients skip the base64";
}

TEST(Cchat, LongTextIsCut) {
  Talk talk(kProtocol);
  std::string content;
  for (int i = 0; i < 100; ++i) content += "w6nDqcOp";  // three times e with an acute accent
  const std::string summary = talk.client(R"({"ver":1,"type":"message_0","content":")" + content + "\"}").summary;
  std::string expected = "message: ";
  for (int i = 0; i < 120; ++i) expected += "é";
  EXPECT_EQ(summary, expected + "…");
}

// The keys, numbers and texts of decrypt's test of the key chain: Alice and Bob agree, then Carol and Alice.
constexpr const char* kPrime1 = "dccc5d01dabcd1c0b9fa89c91e7f4bde603121ee0172b50d";
constexpr const char* kPrime2 = "9cc579e46722aa994354818d4c6cef4d5ad9d0288479508d";
constexpr const char* kAlice = "2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f";
constexpr const char* kCarol = "4c26d9074c27d89ede59270c0ac14b71e071b15239519f75";
constexpr const char* kFirst =
    R"(waY4aMnlnu5mvdZouMapW9R1R1zrxDX2zxBh1hOACnZaux5aQDcNo81FlxFznxhLCgYtdMQDLWBu\nIF11yVebV5BaCijEua5I3YhlfPIhZzaYGJLUC9Y3u02KIifU1KyC\n)";
constexpr const char* kSecond =
    R"(UOIFz97ITFV3kz9rGTyNC13VPdko+P6rksY64UC0UbAZ8FO0tfdnWCN2VR8wR0kDiE10wY8z7GyO\nED3Ef/foEg==\n)";

std::string exchange(std::string_view prime, std::string_view intermediate, int round_left) {
  return R"({"ver":1,"type":"keyxchg_1","roundleft":)" + std::to_string(round_left) +
         R"(,"changesecret":true,"keyintrmdt":")" + std::string(intermediate) + R"(","prime":")" + std::string(prime) +
         "\"}";
}
std::string answer(std::string_view result) {
  return R"({"ver":1,"type":"keyxchg_2","roundleft":1,"keyintrmdt":")" + std::string(result) + "\"}";
}
std::string message(std::string_view type, std::string_view content) {
  return R"({"ver":1,"type":")" + std::string(type) + R"(","content":")" + std::string(content) + "\"}";
}

void load(KeyStore& keys, const std::string& private_key) {
  KeyLogProblems problems;
  keys.load(as_bytes("CCHAT_DH_PRIVATE_KEY - " + private_key + "\n"), KeySource::File, "test", problems);
}

TEST(CchatContent, IsOpenedByThePrivateKeyOfThisSessionsClient) {
  KeyStore keys;
  load(keys, kCarol);
  load(keys, kAlice);
  Talk talk(kProtocol, &keys);
  talk.client(R"({"ver":1,"type":"join","clientid":"522b276a356bdf39013dfabea2cd43e141ecc9e8","chatroom":"4d"})");
  talk.server(exchange(kPrime1, "02", 1));
  talk.client(answer("19dc1b1926f003549eff1ed51f83e1b38829873916032ba3"));
  talk.server(exchange(kPrime1, "b505d2e026fb9a2b3042c348b0313f0ef71454c1d0597b4c", 0));
  talk.client(R"({"ver":1,"type":"keyxchg_2","roundleft":0,"keyintrmdt":""})");
  const Dissected first = talk.server(message("message_1", kFirst));
  EXPECT_EQ(first.content, R"({"user":"Bob","content":"Grüße an alle, die schon da sind","room":"Wintergarten"})");
  EXPECT_EQ(first.content_opened_by, "cchat-dh-private-key");
  EXPECT_EQ(first.user, "Bob");
  EXPECT_EQ(first.room, "4d");
  EXPECT_EQ(first.text, "Grüße an alle, die schon da sind");
  EXPECT_EQ(first.summary, "Bob: Grüße an alle, die schon da sind");

  talk.server(exchange(kPrime2, "02", 1));
  talk.client(answer("5e3a26e6ef9f7a83b38059501e7349bcddf6f3f731e3c93d"));
  talk.server(exchange(kPrime2, "167d226d5d907ec9c66666b4567272b7bffdd3c9ac7b0fc", 0));
  EXPECT_EQ(talk.server(message("message_1", kSecond)).text, "hi");
  EXPECT_EQ(talk.client(message("message_0", kFirst)).user, "Bob") << "a message may cross a new exchange";
}

TEST(CchatDissector, WhyIsToldInItsOwnWordsOrByTheCode) {
  Talk talk(kProtocol);
  const auto reason = [&](const std::string& members) {
    return talk.server(R"({"ver":1,"type":"error",)" + members + "}").reason;
  };
  EXPECT_EQ(reason(R"("errcode":"0x5","errdetail":"not \"in\"")"), R"(not \"in\")") << "as it stands";
  EXPECT_EQ(reason(R"("errcode":5)"), "0x5 NOT_IN_CHATROOM");
  EXPECT_EQ(reason(R"("errcode":77)"), "code 77");
  EXPECT_EQ(reason(R"("errcode":"\u0035\\")"), R"(code \u0035\\)");
  EXPECT_EQ(reason(R"("errcode":{})"), "code ?");
  EXPECT_EQ(reason(R"("errcode":0,"errdetail":"fine")"), "");
}

TEST(CchatContent, TakesThePrimeOfKeyxchg0) {
  KeyStore keys;
  load(keys, kAlice);
  Talk talk(kProtocol, &keys);
  talk.server(R"({"ver":1,"type":"keyxchg_0","number":")" + std::string(kPrime1) + "\"}");
  talk.server(
      R"({"ver":1,"type":"keyxchg_1","roundleft":0,"keyintrmdt":"b505d2e026fb9a2b3042c348b0313f0ef71454c1d0597b4c"})");
  EXPECT_EQ(talk.server(message("message_1", kFirst)).user, "Bob");
}

TEST(CchatContent, StaysClosedUnderAnotherKeyAndWithoutOne) {
  KeyStore keys;
  load(keys, kCarol);
  KeyStore none;
  for (KeyStore* store : {&keys, &none, static_cast<KeyStore*>(nullptr)}) {
    Talk talk(kProtocol, store);
    talk.server(exchange(kPrime1, "02", 1));
    talk.client(answer("19dc1b1926f003549eff1ed51f83e1b38829873916032ba3"));
    talk.server(exchange(kPrime1, "b505d2e026fb9a2b3042c348b0313f0ef71454c1d0597b4c", 0));
    const Dissected seen = talk.server(message("message_1", kFirst));
    EXPECT_EQ(seen.content, "");
    EXPECT_EQ(seen.content_opened_by, "");
    EXPECT_EQ(seen.text, "");
    EXPECT_TRUE(seen.is_text_sealed);
    EXPECT_EQ(seen.summary, "message, 130 bytes base64");
    const Dissected open = talk.server(message("message_1", "aGk="));
    EXPECT_EQ(open.text, "hi") << "what needs no key is shown";
    EXPECT_FALSE(open.is_text_sealed);
  }
}

TEST(CchatContent, SurvivesAHostileExchange) {
  KeyStore keys;
  load(keys, kAlice);
  Talk talk(kProtocol, &keys);
  const std::string huge(5'000, 'f');
  for (const std::string& text :
       {exchange(huge, huge, 1), exchange("", "", 0), exchange("xyz", "02", 0), exchange("0", "0", 0),
        std::string(R"({"ver":1,"type":"keyxchg_1","roundleft":-1,"keyintrmdt":5,"prime":{}})"),
        std::string(R"({"ver":1,"type":"keyxchg_1","roundleft":99999999999999999999,"keyintrmdt":"2","prime":"17"})"),
        std::string(R"({"ver":1,"type":"keyxchg_0","number":[]})"), answer(huge), answer("\\u0000")}) {
    talk.server(text);
    talk.client(text);
  }
  EXPECT_EQ(talk.server(message("message_1", kFirst)).content, "");
}

TEST(Cchat, IsRecognizedByItsVersionAndType) {
  const auto sender = [](std::string_view json) { return recognized(kProtocol, json); };
  EXPECT_EQ(sender(R"({"ver":1,"type":"join"})"), "strong client");
  EXPECT_EQ(sender(R"({"ver":1,"type":"message_0"})"), "strong client");
  EXPECT_EQ(sender(R"({"type":"keyxchg_1","ver":1})"), "strong server");
  EXPECT_EQ(sender(R"({"ver":1,"type":"error"})"), "strong server");
  EXPECT_EQ(sender(R"({"ver":1,"type":"dance"})"), "weak");
  EXPECT_EQ(sender(R"({"ver":2,"type":"join"})"), "weak");
  EXPECT_EQ(sender(R"({"ver":"1","type":"join"})"), "none");
  EXPECT_EQ(sender(R"({"type":"error","data":{}})"), "none");
  EXPECT_EQ(sender(R"({"ver":1,"type":5})"), "none");
  EXPECT_EQ(sender("[]"), "none");
}

TEST(CchatContent, ShouldBeBase64) {
  const auto heard = [](const std::string& content) {
    return Talk(kProtocol).client(R"({"ver":1,"type":"message_0","content":")" + content + "\"}").findings;
  };
  for (const char* const content : {"", "aGk=", "aGVsbG8gd29ybGQ=", "aGVs\\nbG8h\\n", "aGVs\\r\\nbG8h", "+/+/"}) {
    EXPECT_THAT(heard(content), IsEmpty()) << content;
  }
  for (const char* const content : {"hello there", "hello", "aGk", "aGk=a", "a===", "-_-_", "при"}) {
    EXPECT_THAT(heard(content), ElementsAre("cchat.not_base64 /content")) << content;
  }
}

}  // namespace
}  // namespace overhear::testing
