#include "session/text/message_text.hpp"

#include <gtest/gtest.h>

namespace overhear::testing {
namespace {

TEST(MessageText, WhatChangesAboutARoomOrAUserIsASentence) {
  const auto text = [](std::string_view event, std::string_view user, std::string_view room, std::string_view name) {
    RoomEvent out;
    out.event = event;
    out.user = user;
    out.room = room;
    out.name = name;
    out.members = 2;
    return room_event_text(out);
  };
  EXPECT_EQ(text("entered", "ada", "attic", ""), "ada entered room attic: 2 members");
  EXPECT_EQ(text("present", "ada", "attic", ""), "ada is in room attic: 2 members");
  EXPECT_EQ(text("left", "b0b", "attic", "Bob"), "b0b (Bob) left room attic: 2 members");
  EXPECT_EQ(text("opened", "", "2", "attic"), "room 2 opened as attic: 2 members");
  EXPECT_EQ(text("closed", "", "attic", ""), "room attic closed: 2 members");
  EXPECT_EQ(text("named", "", "2", "loft"), "room 2 is now called loft: 2 members");
  EXPECT_EQ(text("named", "ada", "", "Lady A."), "ada is now called Lady A.");
  EXPECT_EQ(text("renamed", "ada", "", "eva"), "ada is now called eva");
  EXPECT_EQ(text("renamed", "ada", "attic", "eva"), "ada renamed in room attic: is now eva: 2 members");
  EXPECT_EQ(text("logged_in", "ada", "", ""), "ada logged in");
  EXPECT_EQ(text("signed_up", "", "", ""), "somebody signed up");
}

}  // namespace
}  // namespace overhear::testing
