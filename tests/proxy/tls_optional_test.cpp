// Connections that may be TLS or not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/proxy/tls_talk.hpp"

namespace overhear::testing {
namespace {

using ::testing::IsEmpty;

TlsTalkSetup optional(std::size_t step = std::string::npos) {
  return {.route = {.server = "chat.example", .own_name = "chat.example", .is_optional = true}, .step = step};
}

TEST(TlsOptional, WhatMayBeTlsIsOpenedHoweverItsHelloIsCut) {
  for (std::size_t step = 1; step < 12; ++step) {
    TlsTalk talk(optional(step));
    talk.shake_hands();
    EXPECT_EQ(talk.say(Side::First, "hello"), "hello");
    EXPECT_EQ(talk.say(Side::Second, "welcome"), "welcome");
    EXPECT_EQ(talk.shown[0], "hello");
    EXPECT_EQ(talk.opened, 1);
  }
}

TEST(TlsOptional, WhatIsNotTlsPassesAsItComes) {
  using namespace std::string_literals;
  // The last ones are other protocols' frames that begin as TLS does.
  for (const std::string& text : {"{\"type\":1}"s, "\x15hello"s, "\x16\x04hello"s, "\x16"s + "A", "\x16\x03\x09 hello"s,
                                  "\x16\x03\x01\xff\xff\x01 frame"s, "\x16\x03\x01\x00\x05\x02 frame"s,
                                  "\x16\x03\x01\x00\x04\x01\xff\xff\xff and more"s}) {
    for (const std::size_t step : {std::size_t{1}, text.size()}) {
      TlsTalk talk(optional());
      std::string got;
      for (std::size_t at = 0; at < text.size(); at += step) got += talk.say_raw(Side::First, text.substr(at, step));
      EXPECT_EQ(got, text);
      EXPECT_EQ(talk.shown[0], text);
      EXPECT_EQ(talk.say_raw(Side::Second, "yes"), "yes");
      EXPECT_THAT(talk.told, IsEmpty());
    }
  }
}

TEST(TlsOptional, AServerThatSpeaksFirstIsPassedOnWithWhatWasHeldBack) {
  for (const char* held : {"", "\x16", "\x16\x03", "\x16\x03\x01\x02"}) {
    TlsTalk talk(optional());
    EXPECT_EQ(talk.say_raw(Side::First, held), "");
    EXPECT_EQ(talk.say_raw(Side::Second, "220 hello\r\n"), "220 hello\r\n");
    EXPECT_EQ(talk.say_raw(Side::First, "HELO\r\n"), held + std::string("HELO\r\n"));
    EXPECT_EQ(talk.shown[0], held + std::string("HELO\r\n"));
    EXPECT_THAT(talk.told, IsEmpty());
  }
}

TEST(TlsOptional, AnEndReleasesWhatWasHeldBack) {
  for (const char* held : {"\x16", "\x16\x03", "\x16\x03\x01\x02"}) {
    TlsTalk talk(optional());
    EXPECT_EQ(talk.say_raw(Side::First, held), "");
    talk.end_unseen(Side::First);
    EXPECT_EQ(talk.shown[0], held);
    EXPECT_FALSE(talk.intercept().has_failed());
    EXPECT_THAT(talk.told, IsEmpty());
  }
}

}  // namespace
}  // namespace overhear::testing
