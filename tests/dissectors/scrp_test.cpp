#include "dissectors/scrp/scrp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "tests/support/dissect.hpp"

namespace overhear::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr Direction kClient = Direction::Client;
constexpr Direction kServer = Direction::Server;

Dissected client(std::string_view json) {
  return Talk(scrp::kProtocol).client(json);
}
Dissected server(std::string_view json) {
  return Talk(scrp::kProtocol).server(json);
}

TEST(ScrpTable, AMethodThatIsMissingOrNoStringIsReportedAlone) {
  EXPECT_THAT(client(R"({"req_id":1})").findings, ElementsAre("app.schema /method"));
  EXPECT_THAT(client(R"({"req_id":1,"method":7})").findings, ElementsAre("app.schema /method"));
  EXPECT_THAT(server(R"({"method":7})").findings, ElementsAre("app.schema /method"));
}

TEST(ScrpTable, KnowsEachErrorNumber) {
  std::set<std::string_view> numbers;
  for (const Code& code : scrp::kProtocol.codes) {
    EXPECT_TRUE(numbers.insert(code.value).second) << code.value;
    const Dissected seen = server(R"({"resp_id":1,"err":)" + std::string(code.value) + "}");
    if (code.value == "999")
      EXPECT_THAT(seen.findings, ElementsAre("scrp.unknown_error /err"));
    else if (code.origin == Origin::Specified)
      EXPECT_THAT(seen.findings, IsEmpty()) << code.value;
    else
      EXPECT_THAT(seen.findings, ElementsAre("scrp.observed_code /err")) << code.value;
    EXPECT_EQ(seen.has_above_note(), code.value == "999");
    EXPECT_THAT(seen.summary, HasSubstr(std::string(code.value) + " " + std::string(code.name)));
  }
}

TEST(ScrpTable, LeavesFieldsOpenWhereTheSpecificationNamesNone) {
  EXPECT_THAT(client(R"({"req_id":13,"method":"SEND_ROOM_MESSAGE","room_id":"r1","anything":{"goes":1}})").findings,
              IsEmpty());
  EXPECT_THAT(server(R"({"method":"NEW_FRIEND_REQUEST","whatever":1})").findings, IsEmpty());
  EXPECT_THAT(client(R"({"req_id":13,"method":"GET_TIME","whatever":1})").findings,
              ElementsAre("app.unknown_field /whatever"));
}

TEST(ScrpMethod, InOtherLettersIsTheSameMethodWithANote) {
  for (const std::string_view method : {"enter_room", "Enter_ROOM"}) {
    const Dissected seen =
        client("{\"req_id\":3,\"method\":\"" + std::string(method) + R"(","room_id":"r1","user_id":"Anna"})");
    EXPECT_EQ(seen.type, method);
    ASSERT_NE(seen.type_spec, nullptr);
    EXPECT_EQ(seen.type_spec->name, "ENTER_ROOM");
    EXPECT_THAT(seen.findings, ElementsAre("scrp.method_case /method"));
    EXPECT_THAT(seen.texts, ElementsAre("the specification writes it ENTER_ROOM"));
    EXPECT_FALSE(seen.has_above_note());
  }
}

TEST(ScrpMethod, WithEscapesIsFound) {
  const Dissected seen = client(R"({"req_id":3,"m\u0065thod":"GET\u005fTIME"})");
  ASSERT_NE(seen.type_spec, nullptr);
  EXPECT_EQ(seen.type_spec->name, "GET_TIME");
  EXPECT_THAT(seen.findings, IsEmpty());
}

TEST(ScrpMethod, ThatIsUnknownIsNoted) {
  const Dissected seen = client(R"({"req_id":1,"method":"FLY_TO_MOON","user_password":"x","speed":5})");
  EXPECT_EQ(seen.type, "FLY_TO_MOON");
  EXPECT_EQ(seen.role, Role::Request);
  EXPECT_EQ(seen.key, "1");
  EXPECT_THAT(seen.findings, ElementsAre("app.unknown_type /method"));
  EXPECT_EQ(seen.summary, "FLY_TO_MOON: user_password •••, speed 5");
}

TEST(ScrpMethod, NamedResponseIsNoResponse) {
  EXPECT_THAT(client(R"({"req_id":1,"method":"response"})").findings, ElementsAre("app.unknown_type /method"));
}

TEST(ScrpResponse, AnswersTheRequestOfItsNumber) {
  Talk chat(scrp::kProtocol);
  chat.client(R"({"req_id":7,"method":"LOG_IN","user_id":"john_42","user_password":"wrong pass"})");
  const Dissected seen = chat.server(R"({"resp_id":7,"err":403})");
  EXPECT_EQ(seen.type, "response");
  EXPECT_EQ(seen.id, "7");
  EXPECT_EQ(seen.key, "7");
  EXPECT_EQ(seen.role, Role::Answer);
  EXPECT_EQ(seen.summary, "answers LOG_IN #7: 403 ID_PASSWORD_NOT_MATCH");
}

TEST(ScrpResponse, WithoutANumberIsReportedAndPairsNothing) {
  const Dissected seen = server(R"({"time":1406419200,"err":900})");
  EXPECT_EQ(seen.type, "response");
  EXPECT_EQ(seen.key, "");
  EXPECT_THAT(seen.findings, ElementsAre("scrp.missing_resp_id /resp_id"));
  EXPECT_EQ(seen.summary, "answer: 900 SUCCESS, time 1406419200");
}

TEST(ScrpResponse, WithAnUnknownErrorNumberIsReported) {
  const Dissected seen = server(R"({"resp_id":1,"err":777})");
  EXPECT_THAT(seen.findings, ElementsAre("app.unknown_value /err"));
  EXPECT_THAT(seen.texts, ElementsAre("777 is none of the error numbers"));
}

TEST(ScrpResponse, MayRepeatTheMethod) {
  EXPECT_EQ(server(R"({"resp_id":1,"method":"GET_TIME","err":900})").type, "response");
}

TEST(ScrpPush, IsAMethodFromTheServer) {
  const Dissected seen = server(
      R"({"method":"NEW_ROOM_MESSAGE","message_id":2,"time":1795219051,"sender":"Anna","room_id":"r1","content":"\u041f\ud83d\udc4b"})");
  EXPECT_EQ(seen.role, Role::Push);
  EXPECT_EQ(seen.key, "");
  EXPECT_EQ(seen.user, "Anna");
  EXPECT_EQ(seen.room, "r1");
  EXPECT_EQ(seen.text, R"(\u041f\ud83d\udc4b)");
  EXPECT_THAT(seen.findings, IsEmpty());
  EXPECT_EQ(seen.summary, "NEW_ROOM_MESSAGE Anna → room r1: П👋");
}

TEST(ScrpPush, IsFoundUnderWhateverNameItsNameStands) {
  const Dissected seen = server(R"({"push":"USER_LEAVE_ROOM","room_id":"r1","user_id":"li"})");
  EXPECT_EQ(seen.type, "USER_LEAVE_ROOM");
  EXPECT_EQ(seen.role, Role::Push);
  EXPECT_EQ(seen.user, "li");
}

TEST(ScrpPush, OfARoomRequestIsKnownInBothSpellings) {
  EXPECT_THAT(server(R"({"method":"ENTER_ROOOM_REQUEST"})").findings, IsEmpty());
  EXPECT_THAT(server(R"({"method":"ENTER_ROOM_REQUEST"})").findings, ElementsAre("app.unknown_type /method"));
}

TEST(ScrpPeople, AreKnownFromTheirLoginOn) {
  Talk chat(scrp::kProtocol);
  chat.client(R"({"req_id":1,"method":"LOG_IN","user_id":"Anna","user_password":"abcdef"})");
  chat.server(R"({"resp_id":1,"err":900})");
  const Dissected said =
      chat.client(R"({"req_id":2,"method":"SEND_ROOM_MESSAGE","room_id":"r1","content":"hello room"})");
  EXPECT_EQ(said.user, "Anna");
  EXPECT_EQ(said.room, "r1");
  EXPECT_EQ(said.text, "hello room");
  EXPECT_EQ(said.summary, "SEND_ROOM_MESSAGE Anna → room r1: hello room");
}

TEST(ScrpPeople, WhoseLoginIsRefusedAreForgotten) {
  Talk chat(scrp::kProtocol);
  chat.client(R"({"req_id":1,"method":"LOG_IN","user_id":"Anna","user_password":"abcdef"})");
  chat.server(R"({"resp_id":1,"err":403})");
  EXPECT_EQ(chat.client(R"({"req_id":2,"method":"GET_TIME"})").user, "");
}

TEST(ScrpPeople, StayWhoTheyAreWhenAnotherLoginIsRefused) {
  Talk chat(scrp::kProtocol);
  chat.client(R"({"req_id":1,"method":"LOG_IN","user_id":"li","user_password":"abcdef"})");
  chat.server(R"({"resp_id":1,"err":900})");
  chat.client(R"({"req_id":2,"method":"LOG_IN","user_id":"john_42","user_password":"abcdef"})");
  chat.server(R"({"resp_id":2,"err":404})");
  EXPECT_EQ(chat.client(R"({"req_id":3,"method":"GET_TIME"})").user, "li");
}

// What the public programs send: never more than a note, but for the number that responses lack.
TEST(ScrpRealPrograms, AreReadWithNotesOnly) {
  struct Case {
    std::string_view json;
    std::vector<std::string> findings;
  };
  const Case kCases[] = {
      {R"({"req_id":1,"user_password":"drink me","method":"SIGN_UP","user_id":"alice","user_nickname":"アリス"})", {}},
      {R"({"req_id":2,"method":"get_time"})", {"scrp.method_case /method"}},
      {R"({"req_id":3,"method":"delete_user","user_password":"drink me"})",
       {"scrp.method_case /method", "app.schema /user_id"}},
      {R"({"req_id":4,"method":"change_user_password","old_user_password":"drink me","new_user_password":"eat me"})",
       {"scrp.method_case /method", "app.schema /user_id"}},
      {R"({"req_id":5,"method":"CHANGE_USER_NICKNAME","user_id":"alice","user_nickname":"愛麗絲"})",
       {"app.unknown_field /user_nickname", "app.schema /old_user_nickname", "app.schema /new_user_nickname"}},
      {R"({"req_id":6,"method":"CREATE_ROOM","room_id":"tea","room_nickname":"t","user_id":"alice","room_access":"ROOM_ACCESS_PUBLIC"})",
       {"app.schema /room_access"}},
      {R"({"req_id":7,"method":"Remove_ROOM","room_id":"tea","user_id":"alice"})", {"scrp.method_case /method"}},
  };
  Talk chat(scrp::kProtocol);
  for (const Case& c : kCases) {
    const Dissected seen = chat.client(c.json);
    EXPECT_EQ(seen.findings, c.findings) << c.json;
    EXPECT_FALSE(seen.has_above_note()) << c.json;
  }
}

TEST(ScrpFields, OfAChangedNicknameAreMissingWhereNoneIsThere) {
  EXPECT_THAT(client(R"({"req_id":5,"method":"CHANGE_USER_NICKNAME","user_id":"a"})").findings,
              ElementsAre("app.schema /old_user_nickname", "app.schema /new_user_nickname"));
}

TEST(ScrpFields, OfARoomsAccessAreListed) {
  const auto create = [](std::string_view access) {
    return client(
        R"({"req_id":8,"method":"CREATE_ROOM","room_id":"tea2","room_nickname":"x","user_id":"a","room_access":)" +
        std::string(access) + "}");
  };
  EXPECT_THAT(create("2").findings, IsEmpty());
  EXPECT_THAT(create("7").findings, ElementsAre("app.unknown_value /room_access"));
  EXPECT_THAT(create("\"x\"").findings, Contains("app.unknown_value /room_access"));
}

TEST(ScrpFields, ThatShouldBeNumbersPairAsText) {
  const Dissected seen = client(R"({"req_id":"one","method":"GET_TIME"})");
  EXPECT_EQ(seen.id, "one");
  EXPECT_THAT(seen.findings, ElementsAre("app.schema /req_id"));
}

TEST(ScrpRecognition, IsSureOfNumberedMessagesAndTellsTheSender) {
  const auto look = [](std::string_view json) { return recognized(scrp::kProtocol, json); };
  EXPECT_EQ(look(R"({"req_id":1,"method":"whatever"})"), "strong client");
  EXPECT_EQ(look(R"({"resp_id":1,"err":900})"), "strong server");
  EXPECT_EQ(look(R"({"err":900})"), "weak server");
  EXPECT_EQ(look(R"({"method":"NEW_ROOM_MESSAGE"})"), "strong server");
  EXPECT_EQ(look(R"({"method":"GET_TIME"})"), "weak client");
  for (const std::string_view other :
       {R"({"ver":1,"type":"error","errcode":0})", R"({"type":"Error.RoomNotFound"})", R"({"err":1})",
        R"({"method":"GET"})", R"({"jsonrpc":"2.0","id":1})", "{}", "[]", "7"}) {
    EXPECT_EQ(look(other), "none") << other;
  }
}

TEST(ScrpSummary, SaysTheInterestingThing) {
  struct Case {
    Direction sender;
    std::string_view json;
    std::string_view summary;
  };
  const Case kCases[] = {
      {kClient, R"({"req_id":1,"method":"SIGN_UP","user_id":"john_42","user_password":"p","user_nickname":"Erwin"})",
       "SIGN_UP john_42 (nickname Erwin)"},
      {kClient, R"({"req_id":1,"method":"LOG_IN","user_id":"john_42","user_password":"p"})", "LOG_IN john_42"},
      {kClient, R"({"req_id":1,"method":"LOG_IN"})", "LOG_IN"},
      {kClient, R"({"req_id":1,"method":"DELETE_USER","user_id":"john_42","user_password":"p"})",
       "DELETE_USER john_42"},
      {kClient,
       R"({"req_id":1,"method":"CHANGE_USER_PASSWORD","user_id":"j","old_user_password":"p","new_user_password":"q"})",
       "CHANGE_USER_PASSWORD j"},
      {kClient,
       R"({"req_id":1,"method":"CHANGE_USER_NICKNAME","user_id":"j","old_user_nickname":"p","new_user_nickname":"q"})",
       "CHANGE_USER_NICKNAME j to \"q\""},
      {kClient, R"({"req_id":1,"method":"GET_TIME"})", "GET_TIME"},
      {kClient,
       R"({"req_id":1,"method":"CREATE_ROOM","room_id":"r","room_nickname":"Box","user_id":"j","room_access":1,"room_password":"p"})",
       "CREATE_ROOM r \"Box\", password access, as j"},
      {kClient, R"({"req_id":1,"method":"CREATE_ROOM","room_id":"r","room_nickname":"Box","room_access":0})",
       "CREATE_ROOM r \"Box\", public access"},
      {kClient, R"({"req_id":1,"method":"ENTER_ROOM","room_id":"room_1","user_id":"john_42"})",
       "ENTER_ROOM room_1 as john_42"},
      {kClient, R"({"req_id":1,"method":"REMOVE_ROOM","room_id":"room_1","user_id":"j"})", "REMOVE_ROOM room_1 as j"},
      {kClient, R"({"req_id":1,"method":"CHANGE_ROOM_ACCESS","room_id":"r","user_id":"j","new_access_type":2})",
       "CHANGE_ROOM_ACCESS r to permission access as j"},
      {kClient,
       R"({"req_id":1,"method":"CHANGE_ROOM_PASSWORD","room_id":"r","user_id":"j","old_room_password":"p","new_room_password":"q"})",
       "CHANGE_ROOM_PASSWORD r as j"},
      {kClient, R"({"req_id":1,"method":"CHANGE_ROOM_NICKNAME","room_id":"r","user_id":"j","new_room_nickname":"n"})",
       "CHANGE_ROOM_NICKNAME r to \"n\" as j"},
      {kClient,
       R"({"req_id":1,"method":"REMOVE_USER_FROM_ROOM","admin_user_id":"j","subject_user_id":"li","room_id":"r"})",
       "REMOVE_USER_FROM_ROOM li from room r as j"},
      {kClient, R"({"req_id":1,"method":"SET_ADMIN","owner_user_id":"j","subject_user_id":"li","room_id":"r"})",
       "SET_ADMIN li in room r as j"},
      {kClient, R"({"req_id":1,"method":"SEND_PRIVATE_MESSAGE","receiver_user_id":"Anna","content":"psst \u2615"})",
       "SEND_PRIVATE_MESSAGE → Anna: psst ☕"},
      {kClient, R"({"req_id":1,"method":"ADD_FRIEND","user_id":"j","friend_id":"li"})",
       "ADD_FRIEND: user_id j, friend_id li"},
      {kServer, R"({"method":"USER_LEAVE_ROOM","room_id":"r1","user_id":"li"})",
       "USER_LEAVE_ROOM: room_id r1, user_id li"},
      {kServer, R"({"resp_id":7,"err":403})", "answer to #7: 403 ID_PASSWORD_NOT_MATCH"},
      {kServer, R"({"resp_id":7,"messages":[1,2]})", "answer to #7: no error number, messages […]"},
      {kServer, R"({})", "answer: no error number"},
      {kClient, R"({})", "request without a method"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(Talk(scrp::kProtocol).hear(c.sender, c.json).summary, c.summary) << c.json;
  }
}

TEST(ScrpSummary, ShowsTheTimeThatWasAskedFor) {
  Talk chat(scrp::kProtocol);
  chat.client(R"({"req_id":3,"method":"GET_TIME"})");
  EXPECT_EQ(chat.server(R"({"resp_id":3,"time":1406419200,"err":900})").summary,
            "answers GET_TIME #3: 900 SUCCESS, time 1406419200");
}

TEST(ScrpSummary, ShowsSecretsWhenAsked) {
  constexpr std::string_view kLogin = R"({"req_id":1,"method":"LOG_IN","user_id":"john_42","user_password":"hidden"})";
  EXPECT_EQ(client(kLogin).summary_with_secrets, "LOG_IN john_42, password hidden");
  EXPECT_THAT(client(kLogin).summary, Not(HasSubstr("hidden")));
}

TEST(ScrpHostile, InputIsReadWithoutHarm) {
  const std::string_view kCases[] = {
      R"({})",
      R"({"req_id":null,"method":null})",
      R"({"req_id":{},"method":[]})",
      R"({"req_id":1,"method":""})",
      R"({"req_id":1,"method":"\ud800"})",
      R"({"req_id":1e999,"method":"LOG_IN","user_id":{},"user_password":[]})",
      R"({"req_id":-0,"method":"LOG_IN","user_id":"\ud800\u0000"})",
      R"({"req_id":123456789012345678901234567890,"method":"GET_TIME"})",
      R"({"resp_id":null,"err":null})",
      R"({"resp_id":[],"err":{}})",
      R"({"resp_id":1,"err":"900"})",
      R"({"resp_id":1,"err":900.0})",
      R"({"resp_id":1,"err":99999999999999999999999999999999999999999999999999999999999999})",
      R"({"method":"NEW_ROOM_MESSAGE","content":{},"room_id":[],"sender":null})",
      R"({"req_id":1,"method":"CREATE_ROOM","room_access":{}})",
      R"({"req_id":1,"method":"CHANGE_USER_NICKNAME","user_nickname":null})",
      R"({"req_id":1,"method":"SET_ADMIN"})",
      R"({"method":"GET_TIME","method":"LOG_IN","req_id":1,"req_id":2})",
      R"({"us\u0065r_id":"a","room\u005fid":"r","req_id":1,"method":"ADD_FRIEND"})",
  };
  for (const Direction sender : {kClient, kServer}) {
    Talk chat(scrp::kProtocol);
    for (const std::string_view json : kCases) EXPECT_NO_THROW(chat.hear(sender, json)) << json;
  }
  EXPECT_EQ(client(kCases[std::size(kCases) - 1]).user, "a");
  EXPECT_EQ(client(kCases[std::size(kCases) - 1]).room, "r");
  EXPECT_EQ(client(kCases[std::size(kCases) - 2]).id, "2");
}

TEST(ScrpHostile, LongNamesAndManyMembersCostLittle) {
  std::string members;
  for (int i = 0; i < 10'000; ++i) members += ",\"m" + std::to_string(i) + "\":1";
  const Dissected seen = client(R"({"req_id":1,"method":"GET_TIME")" + members + "}");
  EXPECT_LE(seen.findings.size(), 20u);
  EXPECT_EQ(client(R"({"req_id":1,"method":")" + std::string(100'000, 'x') + "\"}").type_spec, nullptr);
}

TEST(ScrpIds, AreOf32Bits) {
  const std::string rest = R"(,"method":"GET_TIME"})";
  for (const char* const id : {"0", "4294967295"}) {
    EXPECT_THAT(client("{\"req_id\":" + std::string(id) + rest).findings, IsEmpty()) << id;
  }
  for (const char* const id : {"-1", "4294967296", "99999999999999999999999"}) {
    EXPECT_THAT(client("{\"req_id\":" + std::string(id) + rest).findings, ElementsAre("scrp.id_range /req_id")) << id;
    EXPECT_THAT(server("{\"resp_id\":" + std::string(id) + R"(,"err":900})").findings,
                ElementsAre("scrp.id_range /resp_id"))
        << id;
  }
}

TEST(ScrpIds, AreNotUsedAgain) {
  Talk chat(scrp::kProtocol);
  chat.hear_all();
  const auto ask = [&chat](int id) {
    return chat.client("{\"req_id\":" + std::to_string(id) + R"(,"method":"GET_TIME"})").findings;
  };
  EXPECT_THAT(ask(7), IsEmpty());
  EXPECT_THAT(ask(8), IsEmpty());
  EXPECT_THAT(ask(7), ElementsAre("scrp.id_reused"));
  chat.server(R"({"resp_id":8,"err":900})");
  EXPECT_THAT(ask(8), ElementsAre("scrp.id_reused")) << "answered, but in the same session";
  // Of those who never answer only the newest requests are remembered.
  const auto is_reused = Contains("scrp.id_reused");
  for (int id = 1000; id < 3000; ++id) EXPECT_THAT(ask(id), Not(is_reused));
  EXPECT_THAT(ask(7), Not(is_reused));
  EXPECT_THAT(ask(2999), is_reused);
  chat.lose();
  EXPECT_THAT(ask(2999), Not(is_reused)) << "what became of the other one is not known";
}

TEST(ScrpSummary, QuotesAnIdThatIsNoWord) {
  const auto sign_up = [](const std::string& id) {
    return client(R"({"req_id":1,"method":"SIGN_UP","user_id":")" + id +
                  R"(","user_nickname":"Jo","user_password":"x"})")
        .summary;
  };
  EXPECT_EQ(sign_up("john_42"), "SIGN_UP john_42 (nickname Jo)");
  EXPECT_EQ(sign_up("not an id"), "SIGN_UP \"not an id\" (nickname Jo)");
}

}  // namespace
}  // namespace overhear::testing
