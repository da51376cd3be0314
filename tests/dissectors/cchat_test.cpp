#include "dissectors/cchat/cchat.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "decrypt/key_store.hpp"
#include "tests/support/dissect.hpp"

namespace overhear::cchat {
namespace {

using testing::Change;
using testing::fields_of;
using testing::fulfil;

// What stands in a generated message where the table alone does not say it.
std::map<std::string, std::string> names(const MessageType& row) {
  return {{"/type", '"' + std::string(row.name) + '"'}, {"/errcode", R"("0x4")"}};
}

// One side of a conversation after the other, through one dissector.
class Talk {
 public:
  explicit Talk(KeyStore* keys = nullptr) : dissector_(kProtocol.make_dissector({&limits_, keys})) {}

  const Dissection& client(std::string text) { return hear(Direction::Client, std::move(text)); }
  const Dissection& server(std::string text) { return hear(Direction::Server, std::move(text)); }
  const Dissection& hear(Direction direction, std::string text) {
    text_ = std::move(text);
    EXPECT_EQ(json_.parse(text_, limits_), JsonIndex::Status::Valid) << text_;
    seen_.clear();
    dissector_->dissect(json_, direction, seen_);
    direction_ = direction;
    return seen_;
  }

  // Of what was heard last.
  Message message() const {
    Message message;
    message.direction = direction_;
    message.protocol = &kProtocol;
    message.json = &json_;
    message.body = text_;
    message.type_spec = seen_.type_spec;
    message.type = seen_.type;
    message.id = seen_.id;
    message.user = seen_.user;
    message.room = seen_.room;
    message.text = seen_.text;
    message.actions = seen_.actions;
    message.action_findings = seen_.action_findings.items();
    return message;
  }
  std::string summary(bool show_secrets = false) const {
    std::string out;
    kProtocol.summarize(message(), show_secrets, out);
    return out;
  }
  std::string client_says(std::string text) { return client(std::move(text)), summary(); }
  std::string server_says(std::string text) { return server(std::move(text)), summary(); }

  const JsonIndex& json() const { return json_; }

 private:
  Limits limits_;
  std::unique_ptr<Dissector> dissector_;
  std::string text_;
  JsonIndex json_;
  Dissection seen_;
  Direction direction_ = Direction::Client;
};

// "app.schema /type, app.unknown_field /x"
std::string listed(std::span<const Finding> findings) {
  std::string out;
  for (const Finding& finding : findings) {
    if (!out.empty()) out += ", ";
    out.append(finding.rule->code).append(" ").append(finding.field);
  }
  return out;
}
std::string listed(const FindingList& findings) {
  return listed(findings.items());
}
bool is_all_notes(const FindingList& findings) {
  return std::ranges::all_of(findings.items(), [](const Finding& f) { return f.rule->severity == Severity::Note; });
}

std::string schema_findings(const FindingList& findings) {
  std::string out;
  for (const Finding& finding : findings.items()) {
    const bool counts = finding.rule->code == "app.schema" || finding.rule->severity != Severity::Note;
    if (counts) out.append(out.empty() ? "" : ", ").append(finding.rule->code).append(" ").append(finding.field);
  }
  return out;
}

std::vector<Direction> senders(const MessageType& row) {
  std::vector<Direction> out;
  if (row.from_client) out.push_back(Direction::Client);
  if (row.from_server) out.push_back(Direction::Server);
  return out;
}

TEST(CchatTable, AMessageThatFulfilsItsRowBringsNothingToReport) {
  for (const MessageType& row : kProtocol.messages) {
    for (const Direction sender : senders(row)) {
      Talk talk;
      const Dissection& seen = talk.hear(sender, fulfil(row, names(row)));
      EXPECT_EQ(seen.type_spec, &row) << row.name << row.meaning;
      EXPECT_EQ(seen.type, row.name);
      EXPECT_EQ(seen.role, row.role);
      EXPECT_EQ(schema_findings(seen.findings), "") << row.name << row.meaning;
      EXPECT_TRUE(row.origin == Origin::Observed ? is_all_notes(seen.findings) && !seen.findings.empty()
                                                 : seen.findings.empty())
          << row.name << listed(seen.findings);
      EXPECT_FALSE(talk.summary().empty());
    }
  }
}

TEST(CchatTable, EachFieldLeftOutOrOfAnotherTypeIsTheOneFinding) {
  for (const MessageType& row : kProtocol.messages) {
    for (const auto& [pointer, field] : fields_of(row)) {
      for (const Direction sender : senders(row)) {
        Talk talk;
        const std::string spoiled = fulfil(row, names(row), Change::WrongType, pointer);
        EXPECT_EQ(schema_findings(talk.hear(sender, spoiled).findings), "app.schema " + pointer) << spoiled;
        EXPECT_FALSE(talk.summary().empty());
        if (field->presence == Presence::Optional) continue;
        const std::string cut = fulfil(row, names(row), Change::LeaveOut, pointer);
        EXPECT_EQ(schema_findings(talk.hear(sender, cut).findings), "app.schema " + pointer) << cut;
        EXPECT_FALSE(talk.summary().empty());
      }
    }
  }
}

TEST(CchatTable, EveryListedValueIsKnown) {
  for (const MessageType& row : kProtocol.messages) EXPECT_FALSE(row.section.empty()) << row.name;
  for (const Enumeration* values : kProtocol.enumerations) {
    EXPECT_FALSE(values->section.empty());
    for (const EnumValue& value : values->values) EXPECT_FALSE(value.meaning.empty()) << value.value;
  }
  for (const Rule* rule : kProtocol.rules) {
    EXPECT_FALSE(rule->spec.empty()) << rule->code;
    EXPECT_FALSE(rule->text.empty()) << rule->code;
  }
}

TEST(CchatTable, EveryCodeHasAMeaningInTextAndAsANumber) {
  Talk talk;
  for (const Code& code : kProtocol.codes) {
    const std::string value(code.value);
    const auto number = std::to_string(std::stoul(value, nullptr, 16));
    EXPECT_EQ(talk.server_says(R"({"ver":1,"type":"error","errcode":)" + number + "}").find("error ?"),
              std::string::npos);
    const Dissection& seen = talk.server(R"({"ver":1,"type":"error","errcode":")" + value + R"(","errdetail":"why"})");
    EXPECT_EQ(listed(seen.findings), code.origin == Origin::Specified ? "" : "cchat.observed_code /errcode") << value;
  }
  EXPECT_EQ(std::ranges::count(kProtocol.codes, "0x6", &Code::value), 2) << "the specification gives two readings";
}

TEST(Cchat, UnknownErrorCodesAreReported) {
  Talk talk;
  for (const char* code : {"\"0x7\"", "\"zz\"", "\"\"", "\"0x99999999999999999999\""}) {
    const Dissection& seen =
        talk.server(std::string(R"({"ver":1,"type":"error","errdetail":"","errcode":)") + code + "}");
    EXPECT_EQ(listed(seen.findings), "app.unknown_value /errcode") << code;
  }
  EXPECT_EQ(listed(talk.server(R"({"ver":1,"type":"error","errdetail":"","errcode":7})").findings),
            "app.schema /errcode, app.unknown_value /errcode");
}

TEST(Cchat, WhatTheRealServerSendsIsWorthNotesAtMost) {
  Talk talk;
  const Dissection& exchange = talk.server(
      R"({"ver":1,"type":"keyxchg_1","roundleft":0,"changesecret":true,"keyintrmdt":"02","prime":"eba4cdde96461d1e"})");
  EXPECT_EQ(listed(exchange.findings), "app.unknown_field /changesecret, app.unknown_field /prime");
  EXPECT_TRUE(is_all_notes(exchange.findings));
  for (const char* code : {"0", "4", "5", "8", "16", "48879"}) {
    const Dissection& error = talk.server(std::string(R"({"ver":1,"type":"error","errcode":)") + code + "}");
    EXPECT_TRUE(is_all_notes(error.findings)) << code << listed(error.findings);
    EXPECT_TRUE(listed(error.findings).starts_with("app.schema /errcode")) << "an integer where text is specified";
    EXPECT_TRUE(listed(error.findings).ends_with("app.schema /errdetail")) << listed(error.findings);
  }
}

TEST(Cchat, TellsWhoIsWhereUntilTheyLeave) {
  Talk talk;
  const Dissection& join = talk.client(
      R"({"ver":1,"type":"join","clientid":"522b276a356bdf39013dfabea2cd43e141ecc9e8","chatroom":"4dc7c9ec434ed06502767136789763ec11d2c4b7"})");
  EXPECT_EQ(join.user, "522b276a356bdf39013dfabea2cd43e141ecc9e8");
  EXPECT_EQ(join.room, "4dc7c9ec434ed06502767136789763ec11d2c4b7");
  EXPECT_EQ(talk.summary(), "joins room 4dc7… as 522b…");
  talk.server(R"({"ver":1,"type":"error","errcode":"0x0","errdetail":""})");
  const Dissection& said = talk.client(R"({"ver":1,"type":"message_0","content":"aGVsbG8gYm9i"})");
  EXPECT_EQ(said.user, "522b276a356bdf39013dfabea2cd43e141ecc9e8");
  EXPECT_EQ(said.room, "4dc7c9ec434ed06502767136789763ec11d2c4b7");
  EXPECT_EQ(said.text, "hello bob");
  EXPECT_EQ(talk.summary(), "522b…: hello bob");
  EXPECT_EQ(talk.server(R"({"ver":1,"type":"message_1","content":"aGk="})").user, "");
  EXPECT_EQ(talk.summary(), "message: hi");
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"leave"})").room, "4dc7c9ec434ed06502767136789763ec11d2c4b7");
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"message_0","content":"aGk="})").room, "");
}

TEST(Cchat, ARefusedJoinChangesNothing) {
  Talk talk;
  talk.client(R"({"ver":1,"type":"join","clientid":"a","chatroom":"one"})");
  talk.client(R"({"ver":1,"type":"join","clientid":"b","chatroom":"two"})");
  EXPECT_EQ(talk.server(R"({"ver":1,"type":"error","errcode":4})").room, "one");
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"message_0","content":""})").user, "a");
}

TEST(Cchat, SummariesSayWhatHappened) {
  Talk talk;
  EXPECT_EQ(talk.server_says(R"({"ver":1,"type":"keyxchg_0","number":"eba4cdde96461d1ec0b05295b8a24e09"})"),
            "key exchange: prime, 128 bits");
  EXPECT_EQ(talk.server_says(R"({"ver":1,"type":"keyxchg_1","roundleft":1,"keyintrmdt":"2"})"),
            "key exchange: intermediate, 1 round left");
  EXPECT_EQ(talk.client_says(R"({"ver":1,"type":"keyxchg_2","roundleft":2,"keyintrmdt":"6d"})"),
            "key exchange: result, 2 rounds left");
  EXPECT_EQ(talk.client_says(R"({"ver":1,"type":"keyxchg_2","roundleft":0,"keyintrmdt":""})"), "key exchange: done");
  EXPECT_EQ(talk.client_says(R"({"ver":1,"type":"leave"})"), "leaves");
  EXPECT_EQ(talk.client_says(R"({"ver":1,"type":"message_0","content":"waY4aMnlnu5mvdZo\nuMapWw==\n"})"),
            "message, 26 bytes base64");
  EXPECT_EQ(talk.server_says(R"({"ver":1,"type":"error","errcode":0})"), "ok (0x0)");
  EXPECT_EQ(talk.server_says(R"({"ver":1,"type":"error","errcode":4})"), "error 0x4: duplicate client id");
  EXPECT_EQ(talk.server_says(R"({"ver":1,"type":"error","errcode":"0x10","errdetail":""})"),
            "error 0x10: the key exchange is not finished");
  EXPECT_EQ(talk.server_says(R"({"ver":1,"type":"error","errcode":"6","errdetail":"You are kicked"})"),
            "error 0x6: You are kicked");
  EXPECT_EQ(talk.server_says(R"({"ver":1,"type":"error","errcode":48879})"),
            "error 0xbeef: not JSON, or a message without a type");
  EXPECT_EQ(talk.client_says(R"({"ver":1,"type":"dance"})"), "unknown message dance");
  EXPECT_EQ(talk.client_says(R"({"ver":1})"), "no message type");
}

TEST(Cchat, ATypeThatTheSpecificationDoesNotNameIsANote) {
  Talk talk;
  const Dissection& seen = talk.client(R"({"ver":1,"type":"da\nce","x":1})");
  EXPECT_EQ(seen.type_spec, nullptr);
  EXPECT_EQ(seen.type, R"(da\nce)") << "as it stands";
  EXPECT_EQ(listed(seen.findings), "app.unknown_type /type");
  EXPECT_TRUE(is_all_notes(seen.findings));
}

TEST(Cchat, EscapesInNamesAndTypesChangeNothing) {
  Talk talk;
  const Dissection& seen = talk.client(R"({"v\u0065r":1,"ty\u0070e":"l\u0065ave"})");
  EXPECT_EQ(seen.type, "leave");
  EXPECT_EQ(listed(seen.findings), "");
}

TEST(Cchat, TextIsGivenAsItWouldStandInJson) {
  Talk talk;
  // say "\"<LF>
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"message_0","content":"c2F5ICJcIgo="})").text, R"(say \"\\\"\u000a)");
  EXPECT_EQ(talk.summary(), "message: say \"\\\"\n");
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"message_0","content":"G1szMW0="})").text, "") << "no terminal escapes";
  EXPECT_EQ(talk.client(R"({"ver":1,"type":"message_0","content":"just words!"})").text, "just words!")
      << "some clients skip the base64";
}

TEST(Cchat, LongTextIsCut) {
  Talk talk;
  std::string content;
  for (int i = 0; i < 100; ++i) content += "w6nDqcOp";  // three times e with an acute accent
  const std::string summary = talk.client_says(R"({"ver":1,"type":"message_0","content":")" + content + "\"}");
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
  Talk talk(&keys);
  talk.client(R"({"ver":1,"type":"join","clientid":"522b276a356bdf39013dfabea2cd43e141ecc9e8","chatroom":"4d"})");
  talk.server(exchange(kPrime1, "02", 1));
  talk.client(answer("19dc1b1926f003549eff1ed51f83e1b38829873916032ba3"));
  talk.server(exchange(kPrime1, "b505d2e026fb9a2b3042c348b0313f0ef71454c1d0597b4c", 0));
  talk.client(R"({"ver":1,"type":"keyxchg_2","roundleft":0,"keyintrmdt":""})");
  const Dissection& first = talk.server(message("message_1", kFirst));
  EXPECT_EQ(first.content, R"({"user":"Bob","content":"Grüße an alle, die schon da sind","room":"Wintergarten"})");
  EXPECT_EQ(first.content_opened_by, "cchat-dh-private-key");
  EXPECT_EQ(first.user, "Bob");
  EXPECT_EQ(first.room, "4d");
  EXPECT_EQ(first.text, "Grüße an alle, die schon da sind");
  EXPECT_EQ(talk.summary(), "Bob: Grüße an alle, die schon da sind");

  talk.server(exchange(kPrime2, "02", 1));
  talk.client(answer("5e3a26e6ef9f7a83b38059501e7349bcddf6f3f731e3c93d"));
  talk.server(exchange(kPrime2, "167d226d5d907ec9c66666b4567272b7bffdd3c9ac7b0fc", 0));
  EXPECT_EQ(talk.server(message("message_1", kSecond)).text, "hi");
  EXPECT_EQ(talk.client(message("message_0", kFirst)).user, "Bob") << "a message may cross a new exchange";
}

TEST(CchatContent, TakesThePrimeOfKeyxchg0) {
  KeyStore keys;
  load(keys, kAlice);
  Talk talk(&keys);
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
    Talk talk(store);
    talk.server(exchange(kPrime1, "02", 1));
    talk.client(answer("19dc1b1926f003549eff1ed51f83e1b38829873916032ba3"));
    talk.server(exchange(kPrime1, "b505d2e026fb9a2b3042c348b0313f0ef71454c1d0597b4c", 0));
    const Dissection& seen = talk.server(message("message_1", kFirst));
    EXPECT_EQ(seen.content, "");
    EXPECT_EQ(seen.content_opened_by, "");
    EXPECT_EQ(seen.text, "");
    EXPECT_EQ(talk.summary(), "message, 130 bytes base64");
    EXPECT_EQ(talk.server(message("message_1", "aGk=")).text, "hi") << "what needs no key is shown";
  }
}

TEST(CchatContent, SurvivesAHostileExchange) {
  KeyStore keys;
  load(keys, kAlice);
  Talk talk(&keys);
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

TEST(Cchat, HostileMessagesOfEveryShapeAreShownWithoutACrash) {
  std::string many = R"({"type":"join")";
  for (int i = 0; i < 10'000; ++i) many += ",\"m" + std::to_string(i) + "\":[{}]";
  const std::string deep =
      std::string(R"({"type":"join","data":)") + std::string(400, '[') + std::string(400, ']') + "}";
  const std::string values[] = {"5",
                                "null",
                                "true",
                                "[]",
                                "{}",
                                "[1]",
                                "\"\"",
                                "-1e999",
                                R"("\ud800")",
                                R"("\u0000\u001b")",
                                "99999999999999999999999999",
                                R"({"a":{"b":[null]}})"};
  std::vector<std::string> texts = {many + "}", deep, "{}", R"({"":""})", R"({"type":5,"data":null})"};
  for (const MessageType& row : kProtocol.messages) {
    const std::string whole = fulfil(row, names(row));
    for (const auto& [pointer, field] : fields_of(row)) {
      const std::string name = "\"" + std::string(field->name) + "\":";
      const std::size_t at = whole.find(name) + name.size();
      // The value is followed by whatever stood there, under another name.
      for (const std::string& value : values)
        texts.push_back(whole.substr(0, at) + value + ",\"rest\":" + whole.substr(at));
    }
  }
  Talk talk;
  for (const std::string& text : texts) {
    for (const Direction sender : {Direction::Client, Direction::Server}) {
      const Dissection& seen = talk.hear(sender, text);
      EXPECT_LT(seen.findings.items().size(), 200u);
      const std::string summary = talk.summary(true);
      EXPECT_FALSE(summary.empty()) << text;
      EXPECT_LT(summary.size(), 2'000u) << text;
      kProtocol.recognize(talk.json());
    }
  }
}

TEST(Cchat, IsRecognizedByItsVersionAndType) {
  const auto sender = [](std::string text) {
    Talk talk;
    talk.client(std::move(text));
    const Recognition seen = kProtocol.recognize(talk.json());
    const std::string how = seen.evidence == Evidence::Strong ? "strong"
                            : seen.evidence == Evidence::Weak ? "weak"
                                                              : "none";
    return how + (seen.sender ? " " + std::string(to_string(*seen.sender)) : "");
  };
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

}  // namespace
}  // namespace overhear::cchat
