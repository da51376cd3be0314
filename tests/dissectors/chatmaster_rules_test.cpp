// Each rule of ChatMaster's order: a conversation that keeps it, one that breaks it, and what is not known.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/chatmaster/chatmaster.hpp"
#include "tests/support/judge.hpp"

namespace overhear::testing {
namespace {

using ::testing::IsEmpty;

const std::string kRequest = R"(<{"type":"request","data":{"request":"login"}})";
const std::string kAccepted = R"(<{"type":"session","data":{"status":1,"channels":["general"]}})";
const std::string kRefused = R"(<{"type":"session","data":{"status":0,"reason":"Username is already taken."}})";
const std::string kChannels = R"(<{"type":"notification","data":{"event_type":"channel_list","channels":[]}})";
const std::string kJoin = R"(>{"type":"command","data":{"command":"join","parameters":{"channel":"general"}}})";

std::string log_in(std::string_view name = "ada") {
  return fmt::format(R"(>{{"type":"command","data":{{"command":"login","parameters":{{"username":"{}"}}}}}})", name);
}
std::string says(std::string_view who) {
  return fmt::format(R"(>{{"type":"message","data":{{"message":"hi","username":"{}"}}}})", who);
}
std::string said(std::string_view who) {
  return fmt::format(R"(<{{"type":"message","data":{{"message":"hi","username":"{}"}}}})", who);
}

std::vector<RuleCase> login_cases() {
  return {
      {"as it should be", {kRequest, log_in(), kAccepted, kJoin, says("ada")}, ""},
      {"refused, and again", {kRequest, log_in(), kRefused, log_in("eva"), kAccepted, says("eva")}, ""},
      {"nobody asked", {log_in(), kAccepted}, "1:chatmaster.unasked_login"},
      {"the server begins with something else", {kChannels}, "1:chatmaster.no_login_request 1:chatmaster.before_login"},
      {"speaks first", {kRequest, says("ada")}, "2:chatmaster.before_login"},
      {"does not wait", {kRequest, log_in(), kJoin, kAccepted}, ""},
      {"is told of others before it is in", {kRequest, said("eva")}, "2:chatmaster.before_login"},
      {"or before it is told that it is", {kRequest, log_in(), said("eva")}, "3:chatmaster.before_login"},
      {"logs in again", {kRequest, log_in(), kAccepted, log_in("eva")}, "4:chatmaster.second_login"},
      {"goes on without a name, which is told once a side",
       {kRequest, log_in(), kRefused, says("x"), says("x"), said("eva"), said("eva")},
       "4:chatmaster.after_refusal(note) 6:chatmaster.after_refusal(note)"},
      {"behind a loss nothing is known", {"~", says("ada"), said("eva"), log_in()}, ""},
      {"nor behind what could not be read", {">?", log_in()}, ""},
      {"until the server says it", {"~", log_in(), kAccepted, log_in()}, "3:chatmaster.second_login"},
  };
}

TEST(ChatMasterRules, TheServerAsksAndTheClientLogsIn) {
  check_rules(chatmaster::kProtocol, login_cases());
}

std::vector<RuleCase> author_cases() {
  const Script in{kRequest, log_in(), kAccepted};
  const auto then = [&](std::initializer_list<std::string> more) {
    Script script = in;
    script.insert(script.end(), more);
    return script;
  };
  return {
      {"another's", then({said("eva")}), ""},
      {"one's own", then({says("ada"), said("ada")}), "5:chatmaster.echo"},
      {"one's own, escaped", then({said("\\u0061da")}), "4:chatmaster.echo"},
      {"another's name", then({says("eva")}), "4:chatmaster.other_name"},
      {"one's own name, escaped", then({says("\\u0061da")}), ""},
      {"nobody is known", {"~", said("ada"), says("eva")}, ""},
      {"nor who was let in", {"~", kAccepted, says("eva")}, ""},
  };
}

TEST(ChatMasterRules, AMessageGoesToTheOthersUnderItsAuthorsName) {
  check_rules(chatmaster::kProtocol, author_cases());
}

TEST(ChatMasterRules, HaveEachACaseThatBreaksThem) {
  std::vector<RuleCase> all;
  for (const auto& cases : {login_cases(), author_cases()}) all.insert(all.end(), cases.begin(), cases.end());
  const std::vector<std::string_view> elsewhere = {"chatmaster.nested_parameters", "chatmaster.unnamed_user"};
  EXPECT_THAT(untested(chatmaster::kProtocol, "chatmaster.", all, elsewhere), IsEmpty());
}

}  // namespace
}  // namespace overhear::testing
