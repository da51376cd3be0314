// Each rule of GradAgenda's connections: a conversation that keeps it, one that breaks it, and what is not known.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/gradagenda/gradagenda.hpp"
#include "tests/support/judge.hpp"

namespace overhear::testing {
namespace {

using ::testing::IsEmpty;

// Actions are written without their sender; by itself one needs `>` or `<` before it.
std::string to_server(std::string_view action) {
  return fmt::format(">{}", action);
}
std::string to_client(std::string_view action) {
  return fmt::format("<{}", action);
}
std::string ask(std::string_view cdid, std::string_view type, std::string_view rest = "") {
  return fmt::format(R"({{"cdid":"{}","type":"{}"{}}})", cdid, type, rest);
}
std::string authenticate(std::string_view cdid = "a") {
  return ask(cdid, "authenticate", R"(,"user-id":"ann","device-id":"d","token":"t")");
}
std::string status(std::string_view cdid, std::string_view status) {
  return ask(cdid, "status-response", fmt::format(R"(,"status":"{}")", status));
}
std::string info(std::string_view id, std::string_view type, std::string_view status,
                 std::string_view users = R"("ann","ben")") {
  return fmt::format(
      R"({{"type":"providing-session-info","session-id":"{}","session-type":"{}","status":"{}","user-id":[{}]}})", id,
      type, status, users);
}
std::string send(std::string_view cdid, std::string_view session, std::string_view body = "hi",
                 std::string_view time = "1795218485444") {
  return ask(cdid, "request-sending-a-message",
             fmt::format(R"(,"session-id":"{}","message":{{"type":"text","body":"{}"}},"sender-timestamp":{})", session,
                         body, time));
}
std::string broadcast(std::string_view session, std::string_view body = "hi", std::string_view time = "1795218485444",
                      std::string_view sender = "ann") {
  return fmt::format(
      R"({{"type":"message-broadcast","session-id":"{}","sender-id":"{}","message":{{"type":"text","body":"{}"}},)"
      R"("sender-timestamp":{}}})",
      session, sender, body, time);
}
std::string batch(std::string_view actions) {
  return ask("b", "batch-mode-action", fmt::format(R"(,"actions":[{}])", actions));
}
std::string change(std::string_view session) {
  return ask("m", "request-mutable-session-modification",
             fmt::format(R"(,"session-id":"{}","user-id":["ann"])", session));
}
std::string erase(std::string_view session) {
  return ask("e", "request-mutable-session-deletion", fmt::format(R"(,"session-id":"{}")", session));
}
const std::string kListing = ask("l", "request-mutable-session-listing");

// Messages 1 and 2.
Script in(const Script& rest) {
  Script out = {to_server(authenticate()), to_client(status("a", "succeeded"))};
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}
Script told(const std::vector<std::string>& actions) {
  Script out;
  for (const std::string& action : actions) out.push_back(to_client(action));
  return in(out);
}

std::vector<RuleCase> authentication_cases() {
  const std::string yes = to_client(status("a", "succeeded"));
  const std::string no = to_client(status("a", "failed"));
  const std::string list = to_server(kListing);
  return {
      {"in order", in({list}), ""},
      {"first of all", {list}, "1:ga.before_authentication"},
      {"before the answer", {to_server(authenticate()), list, yes}, "2:ga.before_authentication"},
      {"refused", {to_server(authenticate()), no, list}, "3:ga.before_authentication"},
      {"another answer",
       {to_server(authenticate()), to_client(status("x", "succeeded")), list},
       "3:ga.before_authentication"},
      {"a second try",
       {to_server(authenticate()), no, to_server(authenticate("b")), to_client(status("b", "succeeded")), list},
       ""},
      {"the server speaks first", {to_client(info("g", "mutable", "unchanged"))}, "1:ga.before_authentication"},
      {"the server refuses what came first", {list, to_client(status("l", "failed"))}, "1:ga.before_authentication"},
      {"behind a loss", {"~", list, to_client(info("g", "mutable", "unchanged"))}, ""},
      {"what could not be read", {">?", list}, ""},
      {"a cdid that is missing", {R"(>{"type":"authenticate","user-id":"ann","device-id":"d","token":"t"})", list}, ""},
      {"more tries than are remembered",
       {to_server(authenticate("a")), to_server(authenticate("b")), to_server(authenticate("c")),
        to_server(authenticate("d")), to_server(authenticate("e")), to_client(status("e", "succeeded")), list},
       ""},
      {"in one batch", {to_server(batch(authenticate() + "," + kListing))}, "1:ga.before_authentication"},
      {"answered in a batch", {to_server(authenticate()), to_client(batch(status("a", "succeeded"))), list}, ""},
      {"once more", in({"+1", to_server(authenticate("b"))}), "3:ga.second_authentication"},
      {"once more, when the answer may be on its way", in({to_server(authenticate("b"))}), ""},
      {"once more, when the answer was seen", in({list, to_server(authenticate("b"))}), "4:ga.second_authentication"},
      {"once more, in a batch", in({"+1", to_server(batch(authenticate("b")))}), "3:ga.second_authentication"},
      {"once more behind a loss", in({"~", "+1", to_server(authenticate("b"))}), "3:ga.second_authentication"},
  };
}

std::vector<RuleCase> frame_cases() {
  return {
      {"text", {"text", to_server(authenticate())}, ""},
      {"binary", {"binary", to_server(authenticate()), to_server(authenticate("b"))}, "1:ga.binary_frame"},
      {"from both sides",
       {"~", "binary", to_server(kListing), to_client(status("l", "failed"))},
       "1:ga.binary_frame 2:ga.binary_frame"},
      {"actions", in({to_server(batch(kListing))}), ""},
      {"none", in({to_server(batch(""))}), "3:ga.empty_batch(note)"},
      {"a batch inside", in({to_server(batch(batch(kListing) + "," + batch(kListing)))}), "3:ga.nested_batch(note)"},
  };
}

std::vector<RuleCase> session_cases() {
  const std::string ann_ben = R"("ben","ann")";
  return {
      {"a direct session", told({info("d", "direct", "unchanged"), info("d", "direct", "unchanged", ann_ben)}), ""},
      {"created", told({info("d", "direct", "created")}), "3:ga.direct_status"},
      {"of three", told({info("d", "direct", "unchanged", R"("ann","ben","eve")")}), "3:ga.direct_users"},
      {"of one", told({info("d", "direct", "unchanged", R"("ann")")}), "3:ga.direct_users"},
      {"of one twice", told({info("d", "direct", "unchanged", R"("ann","\u0061nn")")}), "3:ga.direct_users"},
      {"asked for with oneself", in({to_server(ask("i", "request-direct-session-info", R"(,"user-id":"ann")"))}),
       "3:ga.direct_users"},
      {"another ID", told({info("d", "direct", "unchanged"), info("e", "direct", "unchanged", ann_ben)}),
       "4:ga.direct_id"},
      {"another pair", told({info("d", "direct", "unchanged"), info("e", "direct", "unchanged", R"("ann","eve")")}),
       ""},
      {"another ID behind a loss",
       in({to_client(info("d", "direct", "unchanged")), "~", to_client(info("e", "direct", "unchanged"))}),
       "4:ga.direct_id"},
      {"direct, then mutable", told({info("d", "direct", "unchanged"), info("d", "mutable", "unchanged")}),
       "4:ga.session_type"},
      {"a group's life",
       in({to_client(info("g", "mutable", "created")), to_client(info("g", "mutable", "modified", R"("ann")")),
           to_client(info("g", "mutable", "unchanged", R"("ann")")), to_client(info("g", "mutable", "deleted"))}),
       ""},
      {"told twice", told({info("g", "mutable", "created"), info("g", "mutable", "created")}), ""},
      {"created long ago",
       in({to_client(info("g", "mutable", "created")), "+1", to_client(info("g", "mutable", "created"))}),
       "4:ga.session_status"},
      {"other users", told({info("g", "mutable", "created"), info("g", "mutable", "unchanged", R"("ann")")}),
       "4:ga.untold_change(note)"},
      {"other users while the client was not in it",
       told({info("g", "mutable", "created", R"("ben","eve")"), info("g", "mutable", "unchanged", R"("ann","eve")")}),
       ""},
      {"the same users in another order",
       told({info("g", "mutable", "created"), info("g", "mutable", "unchanged", ann_ben)}), ""},
      {"other users behind a loss",
       in({to_client(info("g", "mutable", "created")), "~", to_client(info("g", "mutable", "unchanged", R"("ann")"))}),
       ""},
      {"in a batch", told({batch(info("d", "direct", "created"))}), "3:ga.direct_status"},
      {"a direct session is to change", in({to_client(info("d", "direct", "unchanged")), to_server(change("d"))}),
       "4:ga.immutable_session"},
      {"a direct session is to go", in({to_client(info("d", "direct", "unchanged")), to_server(erase("d"))}),
       "4:ga.immutable_session"},
      {"a session that is not known", in({to_server(change("d"))}), ""},
  };
}

std::vector<RuleCase> deletion_cases() {
  const std::string gone = to_client(info("g", "mutable", "deleted"));
  return {
      {"said to what is no more", in({gone, "+1", to_server(send("s", "g"))}), "4:ga.deleted_session"},
      {"changed", in({gone, "+1", to_server(change("g"))}), "4:ga.deleted_session"},
      {"said while it is deleted", in({gone, to_server(send("s", "g"))}), ""},
      {"said to another", in({gone, "+1", to_server(send("s", "h"))}), ""},
      {"made anew", in({gone, to_client(info("g", "mutable", "created")), "+1", to_server(send("s", "g"))}), ""},
      {"behind a loss", in({gone, "~", "+1", to_server(send("s", "g"))}), ""},
      {"the server says something in it", in({gone, to_client(broadcast("g"))}), "4:ga.deleted_session"},
      {"the server lists it", in({gone, to_client(info("g", "mutable", "unchanged"))}), "4:ga.deleted_session"},
      {"the server tells it twice", in({gone, gone}), ""},
  };
}

std::vector<RuleCase> message_cases() {
  const auto say = [](const Script& answers) {
    Script out = in({to_server(send("s", "g", "tea"))});
    out.insert(out.end(), answers.begin(), answers.end());
    return out;
  };
  const std::string create = to_server(ask("c", "request-mutable-session-creation", R"(,"user-id":["ben"])"));
  return {
      {"what was said", say({to_client(broadcast("g", "tea"))}), ""},
      {"escaped otherwise", say({to_client(broadcast("g", "t\\u0065a"))}), ""},
      {"something else", say({to_client(broadcast("g", "coffee"))}), "4:ga.changed_message"},
      {"of somebody else", say({to_client(broadcast("g", "coffee", "1795218485444", "ben"))}), ""},
      {"of somebody, where nobody is known",
       {"~", to_server(send("s", "g", "tea")), to_client(broadcast("g", "coffee", "1795218485444", "ben"))},
       ""},
      {"two of one time",
       in({to_server(send("s", "g", "tea")), to_server(send("t", "g", "milk")), to_client(broadcast("g", "milk")),
           to_client(broadcast("g", "tea"))}),
       ""},
      {"failure", say({to_client(status("s", "failed"))}), ""},
      {"success", say({to_client(status("s", "succeeded"))}), "4:ga.needless_response(note)"},
      {"a creation's success", in({create, to_client(status("c", "succeeded"))}), "4:ga.needless_response(note)"},
      {"an authentication's success", in({}), ""},
      {"seconds", in({to_server(send("s", "g", "x", "1795218485"))}), "3:ga.timestamp"},
      {"once is enough",
       in({to_server(send("s", "g", "x", "1795218485")), to_server(send("s", "g", "x", "1795218486"))}),
       "3:ga.timestamp"},
      {"microseconds", told({broadcast("g", "x", "1795218485444000")}), "3:ga.timestamp"},
      {"before it all", told({broadcast("g", "x", "-1795218485444")}), "3:ga.timestamp"},
      {"the beginning", told({broadcast("g", "x", "1")}), "3:ga.timestamp"},
      {"a fraction", told({broadcast("g", "x", "1795218485444.25")}), ""},
      {"another form", told({broadcast("g", "x", "1.795e12")}), ""},
  };
}

void check(const std::vector<RuleCase>& cases) {
  check_rules(gradagenda::kProtocol, cases, {"app."});
}

TEST(GradAgendaRules, AuthenticationComesFirstAndOnce) {
  check(authentication_cases());
}
TEST(GradAgendaRules, PayloadsAreTextAndBatchesHaveActions) {
  check(frame_cases());
}
TEST(GradAgendaRules, DirectSessionsStayAsTheyAre) {
  check(session_cases());
}
TEST(GradAgendaRules, WhatIsDeletedIsNoMore) {
  check(deletion_cases());
}
TEST(GradAgendaRules, MessagesComeAsTheyWereSent) {
  check(message_cases());
}

TEST(GradAgendaRules, HaveEachACaseThatBreaksThem) {
  std::vector<RuleCase> all;
  for (const auto& cases :
       {authentication_cases(), frame_cases(), session_cases(), deletion_cases(), message_cases()}) {
    all.insert(all.end(), cases.begin(), cases.end());
  }
  const std::vector<std::string_view> elsewhere = {"ga.frame_limit", "ga.batch_depth", "ga.batch_limit",
                                                   "ga.batch_findings"};
  EXPECT_THAT(untested(gradagenda::kProtocol, "ga.", all, elsewhere), IsEmpty());
}

TEST(GradAgendaRules, SayNothingMoreOfSessionsBehindSomeHundreds) {
  Script script = in({});
  for (int i = 0; i < 400; ++i) script.push_back(to_client(info(fmt::format("g{}", i), "mutable", "created")));
  script.push_back(to_client(info("g399", "direct", "unchanged")));
  check({{"more sessions than are remembered", script, ""}});
}

TEST(GradAgendaRules, SayNoMoreThanSomeThingsOfOneBatch) {
  const std::string wrong = info("d1", "direct", "created");
  std::string actions = wrong;
  for (int i = 0; i < 100; ++i) actions += "," + wrong;
  const std::string found = judge(gradagenda::kProtocol, {"~", to_client(batch(actions))});
  EXPECT_EQ(std::ranges::count(found, ':'), 16);
}

}  // namespace
}  // namespace overhear::testing
