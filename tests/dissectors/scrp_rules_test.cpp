// Each rule of SCRP's order: a conversation that keeps it, one that breaks it, and what is not known.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/scrp/scrp.hpp"
#include "tests/support/judge.hpp"

namespace overhear::testing {
namespace {

using ::testing::IsEmpty;

std::string ask(int id, std::string_view method, std::string_view rest = "") {
  return fmt::format(R"(>{{"req_id":{},"method":"{}"{}}})", id, method, rest);
}
std::string answer(int id, int err, std::string_view rest = "") {
  return fmt::format(R"(<{{"resp_id":{},"err":{}{}}})", id, err, rest);
}

std::string sign_up(int id, std::string_view user = "john", std::string_view password = "secret",
                    std::string_view nickname = "John") {
  return ask(id, "SIGN_UP",
             fmt::format(R"(,"user_id":"{}","user_password":"{}","user_nickname":"{}")", user, password, nickname));
}
std::string log_in(int id, std::string_view user = "john") {
  return ask(id, "LOG_IN", fmt::format(R"(,"user_id":"{}","user_password":"secret")", user));
}
std::string enter(int id, std::string_view room = "attic", std::string_view user = "john", std::string_view rest = "") {
  return ask(id, "ENTER_ROOM", fmt::format(R"(,"room_id":"{}","user_id":"{}"{})", room, user, rest));
}
std::string nickname(int id, std::string_view old, std::string_view fresh) {
  return ask(id, "CHANGE_USER_NICKNAME",
             fmt::format(R"(,"user_id":"john","old_user_nickname":"{}","new_user_nickname":"{}")", old, fresh));
}
std::string access(int id, std::string_view type, std::string_view rest = "") {
  return ask(id, "CHANGE_ROOM_ACCESS",
             fmt::format(R"(,"user_id":"john","room_id":"attic","new_access_type":{}{})", type, rest));
}
std::string times(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

std::vector<RuleCase> form_cases() {
  const auto create = [](std::string_view nick, std::string_view password) {
    return ask(
        1, "CREATE_ROOM",
        fmt::format(R"(,"room_id":"attic","room_nickname":"{}","user_id":"john","room_access":1,"room_password":"{}")",
                    nick, password));
  };
  return {
      {"the shortest of each", {sign_up(1, "j", times("p", 6), "J")}, ""},
      {"the longest of each", {sign_up(1, times("j", 16), times("p", 64), times("ö", 32))}, ""},
      {"an escape is one character", {sign_up(1, "\\u006aohn", "secret", times("\\u00f6", 32))}, ""},
      {"no ID", {sign_up(1, "")}, "1:scrp.user_id"},
      {"a longer ID", {sign_up(1, times("j", 17))}, "1:scrp.user_id"},
      {"an ID of other letters", {sign_up(1, "jöhn")}, "1:scrp.user_id"},
      {"an ID with a space", {sign_up(1, "john 42")}, "1:scrp.user_id"},
      {"a short password", {sign_up(1, "john", times("p", 5))}, "1:scrp.user_password"},
      {"a long password", {sign_up(1, "john", times("p", 65))}, "1:scrp.user_password"},
      {"a password with a control character", {sign_up(1, "john", "secret\\n")}, "1:scrp.user_password"},
      {"a password of other letters", {sign_up(1, "john", "gehéim")}, "1:scrp.user_password"},
      {"no nickname", {sign_up(1, "john", "secret", "")}, "1:scrp.user_nickname"},
      {"a long nickname", {sign_up(1, "john", "secret", times("ö", 33))}, "1:scrp.user_nickname"},
      {"a room ID", {"~", enter(1, "the attic")}, "1:scrp.room_id"},
      {"a room password", {"~", enter(1, "attic", "john", R"(,"room_password":"abc")")}, "1:scrp.room_password"},
      {"a room of good form", {"~", create("Attic", "sesame")}, ""},
      {"a room's nickname", {"~", create("", "sesame")}, "1:scrp.room_nickname"},
      {"all at once", {sign_up(1, "-", "p", "")}, "1:scrp.user_id 1:scrp.user_password 1:scrp.user_nickname"},
  };
}

TEST(ScrpRules, NamesAndPasswordsHaveAForm) {
  check_rules(scrp::kProtocol, form_cases());
}

std::vector<RuleCase> login_cases() {
  return {
      {"logged in", {log_in(1), answer(1, 900), enter(2)}, ""},
      {"not logged in", {enter(1)}, "1:scrp.not_logged_in"},
      {"refused", {log_in(1), answer(1, 403), enter(2)}, "3:scrp.not_logged_in"},
      {"while the answer is on its way", {log_in(1), enter(2), answer(1, 403)}, ""},
      {"the second of two logins", {log_in(1), log_in(2), answer(1, 403), enter(3), answer(2, 900), enter(4)}, ""},
      {"the server said so", {"~", ask(1, "ADD_FRIEND"), answer(1, 250), enter(2)}, "3:scrp.not_logged_in"},
      {"whoever signs up may be in", {sign_up(1), answer(1, 900), enter(2), answer(2, 900)}, ""},
      {"whoever could not sign up is not", {sign_up(1), answer(1, 400), enter(2)}, "3:scrp.not_logged_in"},
      {"deleted",
       {log_in(1), answer(1, 900), ask(2, "DELETE_USER", R"(,"user_id":"john","user_password":"secret")"),
        answer(2, 900), enter(3)},
       "5:scrp.not_logged_in"},
      {"what was said before is not known", {"~", enter(1)}, ""},
      {"what was said meanwhile is not known", {"<?", enter(1)}, ""},
      {"the time is for everybody", {ask(1, "GET_TIME")}, ""},
      {"in one's own name", {log_in(1), answer(1, 900), enter(2, "attic", "john")}, ""},
      {"in another's name", {log_in(1), answer(1, 900), enter(2, "attic", "lise")}, "3:scrp.other_user(note)"},
      {"the same name, escaped", {log_in(1), answer(1, 900), enter(2, "attic", "jo\\u0068n")}, ""},
  };
}

TEST(ScrpRules, SomeThingsAreForThoseWhoAreLoggedIn) {
  check_rules(scrp::kProtocol, login_cases());
}

std::vector<RuleCase> smallest_error_cases() {
  const auto broken = sign_up(1, "not an id", "p");  // 300 and 310
  return {
      {"the smallest", {broken, answer(1, 300)}, ""},
      {"a larger one", {broken, answer(1, 310)}, "2:scrp.smallest_error"},
      {"success", {broken, answer(1, 900)}, "2:scrp.smallest_error"},
      {"not understood at all", {broken, answer(1, 233)}, ""},
      {"nobody is logged in", {enter(1, "the attic"), answer(1, 250)}, ""},
      {"nobody is logged in, and the room's name counts",
       {enter(1, "the attic"), answer(1, 301)},
       "2:scrp.smallest_error"},
      {"nobody is logged in, and it is done", {enter(1), answer(1, 900)}, "2:scrp.smallest_error"},
      {"an error that the method has no number for",
       {"~", ask(1, "REMOVE_ROOM", R"(,"user_id":"john","room_id":"-")"), answer(1, 301)},
       ""},
      {"logged in twice", {log_in(1), answer(1, 900), log_in(2), answer(2, 900)}, "4:scrp.smallest_error"},
      {"logged in twice, as it should be", {log_in(1), answer(1, 900), log_in(2), answer(2, 404)}, ""},
      {"another user", {log_in(1), answer(1, 900), log_in(2, "lise"), answer(2, 900)}, ""},
      {"the login is not known", {"~", enter(1), answer(1, 900)}, ""},
  };
}

TEST(ScrpRules, OfSeveralErrorsTheSmallestIsSent) {
  check_rules(scrp::kProtocol, smallest_error_cases(),
              {"scrp.user_id", "scrp.user_password", "scrp.room_id", "scrp.not_logged_in"});
}

std::vector<RuleCase> error_cases() {
  return {
      {"a good user ID", {sign_up(1), answer(1, 300)}, "2:scrp.unfounded_error"},
      {"a good password", {sign_up(1), answer(1, 310)}, "2:scrp.unfounded_error"},
      {"a good nickname", {"~", nickname(1, "Jo", "John"), answer(1, 320)}, ""},
      {"a password that need not be there", {"~", enter(1), answer(1, 311)}, ""},
      {"fields that are missing", {ask(1, "SIGN_UP", R"(,"user_id":"john")"), answer(1, 310)}, ""},
      {"logged in, but perhaps deleted elsewhere", {log_in(1), answer(1, 900), enter(2), answer(2, 250)}, ""},
      {"perhaps nobody is", {"~", enter(1), answer(1, 250)}, ""},
      {"what was asked is not known", {"~", answer(1, 300)}, ""},
      {"an error of another method", {sign_up(1), answer(1, 801)}, "2:scrp.unlisted_error"},
      {"one of its own", {sign_up(1), answer(1, 400)}, ""},
      {"a method whose errors nobody lists", {"~", ask(1, "ADD_FRIEND"), answer(1, 801)}, ""},
      {"the list and the algorithm differ", {log_in(1), answer(1, 400)}, "2:scrp.unlisted_error(note)"},
      {"and once more", {"~", enter(1), answer(1, 401)}, "2:scrp.unlisted_error(note)"},
      {"unknown", {sign_up(1), answer(1, 999)}, "2:scrp.unknown_error"},
      {"real servers' own", {log_in(1), answer(1, 251)}, "2:scrp.observed_code(note)"},
  };
}

TEST(ScrpRules, AnErrorSaysWhatIsWrong) {
  check_rules(scrp::kProtocol, error_cases(), {"app.schema"});
}

std::vector<RuleCase> other_cases() {
  return {
      {"the time", {ask(1, "GET_TIME"), answer(1, 900, R"(,"time":1441238400)")}, ""},
      {"no time", {ask(1, "GET_TIME"), answer(1, 900)}, "2:app.schema"},
      {"no time, and none promised", {ask(1, "GET_TIME"), answer(1, 233)}, ""},
      {"milliseconds", {ask(1, "GET_TIME"), answer(1, 900, R"(,"time":1441238400000)")}, "2:scrp.time"},
      {"before the epoch", {ask(1, "GET_TIME"), answer(1, 900, R"(,"time":-1)")}, "2:scrp.time"},
      {"access by password", {"~", access(1, "1", R"(,"room_password":"sesame")")}, ""},
      {"and none given", {"~", access(1, "1")}, "1:scrp.needs_password"},
      {"public access needs none", {"~", access(1, "0")}, ""},
      {"the number again", {ask(1, "GET_TIME"), ask(1, "GET_TIME")}, "2:scrp.id_reused"},
  };
}

TEST(ScrpRules, WhatElseIsSaid) {
  check_rules(scrp::kProtocol, other_cases());
}

TEST(ScrpRules, HaveEachACaseThatBreaksThem) {
  std::vector<RuleCase> all;
  for (const auto& cases : {form_cases(), login_cases(), smallest_error_cases(), error_cases(), other_cases()})
    all.insert(all.end(), cases.begin(), cases.end());
  const std::vector<std::string_view> elsewhere = {"scrp.bad_length", "scrp.orphan_response", "scrp.method_case",
                                                   "scrp.missing_resp_id", "scrp.id_range"};
  EXPECT_THAT(untested(scrp::kProtocol, "scrp.", all, elsewhere), IsEmpty());
}

}  // namespace
}  // namespace overhear::testing
