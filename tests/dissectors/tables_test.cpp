// What every protocol's table promises, whatever the protocol: messages made of its rows and spoiled field by field.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dissectors/framing/framing_rules.hpp"
#include "dissectors/mcp/mcp.hpp"
#include "dissectors/registry.hpp"
#include "tests/support/dissect.hpp"

namespace overhear::testing {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// What stands in a generated message where the table alone does not say it.
std::map<std::string, std::string> values_for(const Protocol& protocol, const MessageType& row) {
  const auto quoted = [](std::string_view text) { return '"' + std::string(text) + '"'; };
  const bool has_id = &protocol == &mcp::kProtocol && row.name != "Error.HeartbeatTimeout";
  // ChatMaster composes a type of two members.
  const std::size_t slash = row.name.find('/');
  const std::string subject = quoted(row.name.substr(slash + 1));
  return {{"/type", quoted(std::string(row.name.substr(0, slash)) + (has_id ? ".7" : ""))},
          {"/method", quoted(row.name)},
          {"/data/command", subject},
          {"/data/request", subject},
          {"/data/event_type", subject},
          {"/data/version", quoted("2.1.0")},
          {"/err", "900"},
          {"/errcode", quoted("0x4")},
          {"/data/heartbeatRate", "30000"},
          {"/sender-timestamp", "1795218485444"},
          {"/session-type", quoted("mutable")},
          {"/content", quoted("aGVsbG8=")}};
}

// What both sides of MCP send, the server sends as an answer.
Role role_of(const Protocol& protocol, const MessageType& row, Direction sender) {
  const bool is_answer = &protocol == &mcp::kProtocol && row.from_client && sender == Direction::Server;
  return is_answer && row.role == Role::Request ? Role::Answer : row.role;
}

// A field without which the message is one of another row: SCRP's responses are what has no method, ChatMaster's
// notifications come with their fields nested in `parameters` or without it.
bool tells_rows_apart(const MessageType& row, std::string_view pointer) {
  return pointer == "/method" || (pointer == "/data/parameters" && row.from_server && row.origin == Origin::Observed);
}

// Those that are not in `others`.
std::vector<std::string> without(std::vector<std::string> findings, const std::vector<std::string>& others) {
  std::erase_if(findings, [&](const std::string& finding) { return std::ranges::count(others, finding) != 0; });
  return findings;
}

class Table : public ::testing::TestWithParam<const Protocol*> {
 protected:
  const Protocol& protocol() const { return *GetParam(); }

  std::string fulfilled(const MessageType& row, Change change = Change::None, std::string_view field = {}) const {
    return fulfil(row, values_for(protocol(), row), change, field);
  }

  // Calls f(row, sender) for each row and each side that may send it.
  template <typename F>
  void for_each_row(F f) const {
    for (const MessageType& row : protocol().messages) {
      if (row.from_client) f(row, Direction::Client);
      if (row.from_server) f(row, Direction::Server);
    }
  }
};

TEST_P(Table, AMessageThatFulfilsItsRowBringsNothingToReport) {
  for_each_row([&](const MessageType& row, Direction sender) {
    const std::string json = fulfilled(row);
    const Dissected seen = Talk(protocol()).hear(sender, json);
    EXPECT_EQ(seen.type_spec, &row) << json;
    EXPECT_EQ(seen.type, row.name);
    EXPECT_EQ(seen.role, role_of(protocol(), row, sender)) << json;
    if (row.origin == Origin::Specified)
      EXPECT_THAT(seen.findings,
                  Each(AnyOf("mcp.ambiguous_name /type", "mcp.two_images /data/url", "ga.empty_batch /actions")))
          << json;
    else
      EXPECT_THAT(seen.findings,
                  ElementsAre(AnyOf(StartsWith("app.unknown_type /"), "chatmaster.nested_parameters /data/parameters",
                                    "app.schema /data/username")))
          << json;
    EXPECT_FALSE(seen.has_above_note()) << json;
    EXPECT_FALSE(seen.summary.empty()) << json;
  });
}

TEST_P(Table, AFieldOfAnotherTypeIsTheOneFinding) {
  for_each_row([&](const MessageType& row, Direction sender) {
    const std::vector<std::string> always = Talk(protocol()).hear(sender, fulfilled(row)).findings;
    for (const auto& [pointer, field] : fields_of(row)) {
      const std::string json = fulfilled(row, Change::WrongType, pointer);
      const Dissected seen = Talk(protocol()).hear(sender, json);
      EXPECT_THAT(without(seen.findings, always), ElementsAre("app.schema " + pointer)) << json;
      EXPECT_FALSE(seen.summary.empty()) << json;
    }
  });
}

TEST_P(Table, ARequiredFieldThatIsLeftOutIsTheOneFinding) {
  for_each_row([&](const MessageType& row, Direction sender) {
    const std::vector<std::string> always = Talk(protocol()).hear(sender, fulfilled(row)).findings;
    for (const auto& [pointer, field] : fields_of(row)) {
      if (field->presence == Presence::Optional || tells_rows_apart(row, pointer)) continue;
      const std::string json = fulfilled(row, Change::LeaveOut, pointer);
      const Dissected seen = Talk(protocol()).hear(sender, json);
      EXPECT_THAT(without(seen.findings, always), ElementsAre("app.schema " + pointer)) << json;
      // ChatMaster's real clients do not name their user.
      const bool is_known_deviation =
          row.name == "message" && sender == Direction::Client && pointer == "/data/username";
      EXPECT_NE(seen.has_above_note(), is_known_deviation) << json;
      EXPECT_FALSE(seen.summary.empty()) << json;
    }
  });
}

TEST_P(Table, CitesItsSpecificationAndSaysWhatThingsMean) {
  for (const MessageType& row : protocol().messages)
    EXPECT_FALSE(row.section.empty() || row.meaning.empty()) << row.name;
  for (const Enumeration* values : protocol().enumerations) {
    EXPECT_FALSE(values->section.empty()) << values->name;
    for (const EnumValue& value : values->values) EXPECT_FALSE(value.meaning.empty()) << value.value;
  }
  for (const Rule* rule : protocol().rules) {
    // The framing of SCRP rests on no document.
    EXPECT_TRUE(!rule->spec.empty() || rule == &framing_rules::kBadLength) << rule->code;
    EXPECT_FALSE(rule->text.empty()) << rule->code;
  }
}

TEST_P(Table, NamesOnlyTypesAndCodesThatItHas) {
  for (const MessageType& row : protocol().messages) {
    for (const std::string_view answer : row.answers) {
      EXPECT_NE(std::ranges::count(protocol().messages, answer, &MessageType::name), 0) << answer;
    }
    for (const std::string_view code : row.codes) {
      EXPECT_NE(std::ranges::count(protocol().codes, code, &Code::value), 0) << code;
    }
  }
}

TEST_P(Table, HostileMessagesOfEveryShapeAreShownWithoutACrash) {
  const std::string_view kValues[] = {"5",
                                      "null",
                                      "true",
                                      "[]",
                                      "{}",
                                      "[1]",
                                      R"("")",
                                      "-1e999",
                                      R"("\ud800")",
                                      R"("\u0000\u001b")",
                                      "99999999999999999999999999",
                                      R"({"a":{"b":[null]}})"};
  std::vector<std::string> texts = {"{}", R"({"":""})", R"({"type":5,"data":null})"};
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += ",\"m" + std::to_string(i) + "\":[{}]";
  const std::string deep = R"(,"deep":)" + std::string(400, '[') + std::string(400, ']');
  for (const MessageType& row : protocol().messages) {
    const std::string whole = fulfilled(row);
    texts.push_back(whole.substr(0, whole.size() - 1) + deep + '}');
    for (const auto& [pointer, field] : fields_of(row)) {
      const std::string name = '"' + std::string(field->name) + "\":";
      const std::size_t at = whole.find(name) + name.size();
      // The value is followed by whatever stood there, under another name.
      for (const std::string_view value : kValues) {
        texts.push_back(whole.substr(0, at) + std::string(value) + ",\"rest\":" + whole.substr(at));
      }
    }
  }
  const std::string first = fulfilled(protocol().messages.front());
  texts.push_back(first.substr(0, first.size() - 1) + many + '}');

  Talk talk(protocol());
  for (const std::string& text : texts) {
    for (const Direction sender : {Direction::Client, Direction::Server}) {
      const Dissected seen = talk.hear(sender, text);
      EXPECT_LT(seen.findings.size(), 200u);
      EXPECT_FALSE(seen.summary_with_secrets.empty()) << text;
      EXPECT_LT(seen.summary_with_secrets.size(), 2'000u) << text;
      recognized(protocol(), text);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Of, Table, ::testing::ValuesIn(all_protocols().begin(), all_protocols().end()),
                         [](const auto& at) { return std::string(at.param->name); });

}  // namespace
}  // namespace overhear::testing
