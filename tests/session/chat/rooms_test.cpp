#include "session/chat/rooms.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace overhear::testing {
namespace {

using Kind = Move::Kind;

// One server's rooms, and what was told of them: "ada entered attic 1".
class Server {
 public:
  explicit Server(const Limits& limits = {}) : limits_(limits), rooms_(limits_) {}

  std::string apply(std::uint32_t session, std::string_view client, const std::vector<Move>& moves,
                    bool is_in_one_room = false, std::string_view server = "s") {
    told_.clear();
    rooms_.apply({server, session, client, is_in_one_room}, moves, tell_);
    return told_;
  }
  std::string end(std::uint32_t session, bool leaves = true, std::string_view client = {}) {
    told_.clear();
    rooms_.end(session, client, leaves, tell_);
    return told_;
  }

 private:
  Limits limits_;
  Rooms rooms_;
  std::string told_;
  Rooms::Tell tell_ = [this](const Rooms::Change& change) {
    if (!told_.empty()) told_ += "; ";
    if (!change.user.empty()) told_ += fmt::format("{} ", change.user);
    told_ += change.event;
    if (!change.room.empty()) told_ += fmt::format(" {} {}", change.room, change.members);
    if (!change.name.empty()) told_ += fmt::format(" as {}", change.name);
  };
};

Move enters(std::string_view user, std::string_view room = "attic") {
  return {Kind::Enters, user, room, {}};
}
Move leaves(std::string_view user, std::string_view room = "attic") {
  return {Kind::Leaves, user, room, {}};
}

std::vector<Move> lists(const std::vector<std::string_view>& users, std::string_view room = "attic") {
  std::vector<Move> moves{{Kind::Lists, {}, room, {}}};
  for (const std::string_view user : users) moves.push_back({Kind::Present, user, room, {}});
  return moves;
}

TEST(Rooms, ToldOnceHoweverManyAreTold) {
  Server server;
  EXPECT_EQ(server.apply(1, "ada", {enters("ada")}), "ada entered attic 1");
  EXPECT_EQ(server.apply(1, "ada", {enters("eva")}), "eva entered attic 2");
  EXPECT_EQ(server.apply(2, "eva", {enters("eva")}), "");
  EXPECT_EQ(server.apply(1, "ada", {leaves("eva")}), "eva left attic 1");
  EXPECT_EQ(server.apply(2, "eva", {leaves("eva")}), "");
  EXPECT_EQ(server.apply(2, "eva", {enters("eva")}), "eva entered attic 2");
}

TEST(Rooms, OfAnotherServerOrNameAreOthers) {
  Server server;
  EXPECT_EQ(server.apply(1, "ada", {enters("ada")}, false, "s"), "ada entered attic 1");
  EXPECT_EQ(server.apply(2, "ada", {enters("ada")}, false, "t"), "ada entered attic 1");
  EXPECT_EQ(server.apply(1, "ada", {enters("ada", "cellar")}), "ada entered cellar 1");
}

TEST(Rooms, NamesAreComparedByWhatTheyMean) {
  Server server;
  EXPECT_EQ(server.apply(1, "In\\u00eas", {enters("")}), "Inês entered attic 1");
  EXPECT_EQ(server.apply(2, "ada", {enters("Inês", "\\u0061ttic")}), "");
  EXPECT_EQ(server.end(1), "Inês left attic 0");
}

TEST(Rooms, WhoLeavesWithoutHavingBeenSeenIsToldOnce) {
  Server server;
  EXPECT_EQ(server.apply(1, "ada", {leaves("eva")}), "eva left attic 0");
  EXPECT_EQ(server.apply(2, "bob", {leaves("eva")}), "");
}

TEST(Rooms, AListSaysWhoIsThere) {
  Server server;
  EXPECT_EQ(server.apply(1, "ada", lists({"ada", "eva"})), "ada present attic 1; eva present attic 2");
  EXPECT_EQ(server.apply(1, "ada", lists({"ada", "bob"})), "bob entered attic 3; eva left attic 2");
  EXPECT_EQ(server.apply(2, "bob", lists({"bob", "ada", "bob"})), "");
  EXPECT_EQ(server.apply(1, "ada", lists({})), "ada left attic 1; bob left attic 0");
}

TEST(Rooms, TheEndOfASessionTakesItsClientAway) {
  Server server;
  server.apply(1, "ada", {enters("ada")});
  server.apply(2, "ada", {enters("ada")});
  EXPECT_EQ(server.end(1), "") << "she is there by the other session";
  EXPECT_EQ(server.end(2), "ada left attic 0");
  server.apply(3, "eva", {enters("eva")});
  EXPECT_EQ(server.end(3, false), "") << "where users stay";
  EXPECT_EQ(server.end(4), "");
}

TEST(Rooms, OthersSeenThroughASessionDoNotLeaveWithIt) {
  Server server;
  server.apply(1, "ada", {enters("ada"), enters("eva")});
  EXPECT_EQ(server.end(1), "ada left attic 1");
}

TEST(Rooms, InOneRoomAtATimeTheNextIsTheLastOnesEnd) {
  Server server;
  server.apply(1, "ada", {enters("", "attic")}, true);
  EXPECT_EQ(server.apply(1, "ada", {enters("", "cellar")}, true), "ada entered cellar 1; ada left attic 0");
  EXPECT_EQ(server.end(1), "ada left cellar 0");
}

TEST(Rooms, OpenAndCloseOnce) {
  Server server;
  const Move opens{Kind::Opens, {}, "attic", {}};
  const Move closes{Kind::Closes, {}, "attic", {}};
  EXPECT_EQ(server.apply(1, "ada", {opens}), "opened attic 0");
  EXPECT_EQ(server.apply(2, "eva", {opens, enters("eva")}), "eva entered attic 1");
  EXPECT_EQ(server.apply(1, "ada", {closes}), "closed attic 0");
  EXPECT_EQ(server.apply(2, "eva", {closes}), "");
  EXPECT_EQ(server.apply(1, "ada", {opens}), "opened attic 0");
  EXPECT_EQ(server.end(2), "") << "closed with her in it";
}

TEST(Rooms, ANewNameIsTheSameUser) {
  Server server;
  server.apply(1, "ada", {enters("ada"), enters("eva")});
  server.apply(2, "eva", {enters("eva")});
  const Move renames{Kind::Renames, "eva", "attic", "Eva M."};
  EXPECT_EQ(server.apply(1, "ada", {renames}), "eva renamed attic 2 as Eva M.");
  EXPECT_EQ(server.apply(2, "eva", {renames}), "");
  EXPECT_EQ(server.end(2), "Eva M. left attic 1");
}

TEST(Rooms, ANewNameIsToldOnceWhereverItsUserIs) {
  Server server;
  const Move renames{Kind::Renames, "eva", {}, "Eva M."};
  EXPECT_EQ(server.apply(1, "ada", {renames}), "eva renamed as Eva M.");
  EXPECT_EQ(server.apply(2, "Eva M.", {renames}), "");
  EXPECT_EQ(server.apply(1, "ada", {{Kind::Renames, "Eva M.", {}, "eva"}}), "Eva M. renamed as eva");
  EXPECT_EQ(server.apply(1, "ada", {renames}), "eva renamed as Eva M.");
  EXPECT_EQ(server.apply(3, "", {{Kind::LogsIn, "eva", {}, {}}}), "eva logged_in") << "somebody else";
  EXPECT_EQ(server.apply(1, "ada", {renames}), "eva renamed as Eva M.");
}

TEST(Rooms, ARenameThatSomebodyOutsideIsToldIsOneInTheRoomToo) {
  Server server;
  server.apply(2, "eva", {enters("eva")});
  EXPECT_EQ(server.apply(1, "ada", {{Kind::Renames, "eva", {}, "Eva M."}}), "eva renamed as Eva M.");
  EXPECT_EQ(server.apply(2, "Eva M.", {{Kind::Renames, "eva", "attic", "Eva M."}}), "");
  EXPECT_EQ(server.apply(2, "Eva M.", lists({"Eva M."})), "");
}

TEST(Rooms, WhatIsAboutNoRoomIsToldWithoutOne) {
  Server server;
  EXPECT_EQ(server.apply(1, "ada", {{Kind::SignsUp, {}, {}, {}}, {Kind::LogsIn, {}, {}, {}}}),
            "ada signed_up; ada logged_in");
  EXPECT_EQ(server.apply(1, "ada", {{Kind::NamesUser, {}, "attic", "\\u0041da L."}}), "ada named as Ada L.");
  EXPECT_EQ(server.apply(1, "ada", {{Kind::NamesUser, {}, {}, {}}, {Kind::Enters, {}, {}, {}}}), "");
  EXPECT_EQ(server.apply(2, "", {{Kind::LogsIn, {}, {}, {}}}), "logged_in");
}

TEST(Rooms, ARoomHasANameThatIsToldWhenItChanges) {
  Server server;
  EXPECT_EQ(server.apply(1, "ada", {{Kind::Opens, {}, "2", "attic"}}), "opened 2 0 as attic");
  EXPECT_EQ(server.apply(2, "eva", {{Kind::NamesRoom, {}, "2", "\\u0061ttic"}}), "");
  EXPECT_EQ(server.apply(1, "ada", {{Kind::NamesRoom, {}, "2", "loft"}}), "named 2 0 as loft");
  EXPECT_EQ(server.apply(2, "eva", {{Kind::NamesRoom, {}, "2", "loft"}}), "");
  EXPECT_EQ(server.apply(2, "eva", {{Kind::NamesRoom, {}, "2", {}}}), "");
  const std::string endless(257, 'x');
  EXPECT_EQ(server.apply(2, "eva", {{Kind::NamesRoom, {}, "2", endless}}), "");
  EXPECT_EQ(server.apply(2, "eva", {{Kind::Opens, {}, "3", endless}}), "opened 3 0");
}

TEST(Rooms, WhoLeavesIsAlsoToldByTheNameThatIsKnown) {
  Server server;
  server.apply(1, "Bob", {{Kind::Enters, "b0b", "attic", {}, true}});
  EXPECT_EQ(server.apply(1, "Bob", {{Kind::Leaves, "b0b", "attic", "Bob", true}}), "b0b left attic 0 as Bob");
  server.apply(1, "Bob", {{Kind::Enters, "b0b", "attic", {}, true}});
  EXPECT_EQ(server.end(1, true, "Bob"), "b0b left attic 0 as Bob");
  server.apply(2, "eva", {enters("eva")});
  EXPECT_EQ(server.end(2, true, "eva"), "eva left attic 0");
}

TEST(Rooms, NewNamesAreBounded) {
  Limits limits;
  limits.room_names = 100;
  Server server(limits);
  for (int i = 0; i < 9'950; ++i) {
    const std::string user = "user" + std::to_string(i);
    EXPECT_EQ(server.apply(1, "ada", {{Kind::Renames, user, {}, "x"}}), user + " renamed as x");
  }
  EXPECT_EQ(server.apply(1, "ada", {{Kind::Renames, "user9949", {}, "x"}}), "");
  EXPECT_EQ(server.apply(1, "ada", {{Kind::Renames, "user0", {}, "x"}}), "user0 renamed as x") << "forgotten";
  EXPECT_EQ(server.apply(1, "ada", {{Kind::Renames, "ada", {}, std::string(257, 'x')}}), "");
}

TEST(Rooms, WhatIsOverTheLimitIsNotFollowed) {
  Limits limits;
  limits.room_names = 100;
  Server server(limits);
  std::string told;
  for (int i = 0; i < 10'000; ++i) told += server.apply(1, "ada", {enters("user" + std::to_string(i))});
  EXPECT_LT(told.size(), 3'000u);
  EXPECT_EQ(server.apply(1, "ada", {enters(std::string(257, 'x'))}), "");
}

TEST(Rooms, WhoHasLeftMakesPlaceForOthers) {
  Limits limits;
  limits.room_names = 100;
  Server server(limits);
  for (int i = 0; i < 10'000; ++i) {
    const std::string user = "user" + std::to_string(i);
    const std::string came = server.apply(1, "ada", {enters(user)});
    const std::string expected = i < 90 ? user + " entered attic 1" : came;
    EXPECT_EQ(came, expected);
    server.apply(1, "ada", {leaves(user)});
  }
  std::string told;
  for (int i = 0; i < 200; ++i) told += server.apply(2, "eva", {enters("late" + std::to_string(i), "cellar")});
  EXPECT_NE(told, "");
}

}  // namespace
}  // namespace overhear::testing
