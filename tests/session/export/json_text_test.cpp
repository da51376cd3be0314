#include "session/export/json_text.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace overhear::testing {
namespace {

std::string json_string(std::string_view text) {
  TextBuffer out;
  append_json_string(out, text);
  return std::string(out.view());
}

std::string json_string_as_sent(std::string_view text) {
  TextBuffer out;
  append_json_string_as_sent(out, text);
  return std::string(out.view());
}

struct Body {
  std::string text;
  JsonIndex::Flags flags;
};
Body body(std::string_view text) {
  JsonIndex json;
  EXPECT_EQ(json.parse(text, {}), JsonIndex::Status::Valid) << text;
  TextBuffer out;
  append_json_body(out, json);
  return {std::string(out.view()), json.flags()};
}

std::string time_of(std::int64_t ns) {
  TextBuffer out;
  TimeFormatter().append(out, {ns});
  return std::string(out.view());
}

TEST(JsonText, AStringOfOursEscapesWhatJsonAndTerminalsAsk) {
  EXPECT_EQ(json_string("plain"), R"("plain")");
  EXPECT_EQ(json_string(""), R"("")");
  EXPECT_EQ(json_string("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(json_string("a\nb\tc\rd"), R"("a\nb\tc\rd")");
  EXPECT_EQ(json_string(std::string_view("\x00\x1b\x1f\x7f", 4)), R"("\u0000\u001b\u001f\u007f")");
  EXPECT_EQ(json_string("\u0085\u009b\u00a0"), "\"\\u0085\\u009b\u00a0\"");
  EXPECT_EQ(json_string("\u202e\u2066\u2069"), R"("\u202e\u2066\u2069")");
  EXPECT_EQ(json_string("Grüße 煎茶 🍵"), "\"Grüße 煎茶 🍵\"");
}

TEST(JsonText, BytesThatAreNoUtf8BecomeReplacementCharacters) {
  EXPECT_EQ(json_string("a\xff"
                        "b"),
            "\"a\uFFFDb\"");
  EXPECT_EQ(json_string("\xc3"), "\"\uFFFD\"");
  EXPECT_EQ(json_string("\xed\xa0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");  // an encoded surrogate
  EXPECT_EQ(json_string("\xc0\xaf"), "\"\uFFFD\uFFFD\"");            // an overlong slash
}

TEST(JsonText, WhateverBytesComeTheStringIsValidJson) {
  std::string all;
  for (int i = 0; i < 256; ++i) {
    for (int j = 0; j < 256; ++j) {
      all += static_cast<char>(i);
      all += static_cast<char>(j);
    }
  }
  EXPECT_TRUE(nlohmann::json::accept(json_string(all)));
}

TEST(JsonText, AStringTakenOutOfJsonKeepsItsEscapes) {
  EXPECT_EQ(json_string_as_sent(R"(a\"b\u00e9\n)"), R"("a\"b\u00e9\n")");
  EXPECT_EQ(json_string_as_sent("x\x7f\u009b"), R"("x\u007f\u009b")");
  EXPECT_EQ(json_string_as_sent(R"(\\)"), R"("\\")");
}

TEST(JsonText, ABodyIsVerbatim) {
  const std::string_view text =
      R"({"b":1,"a":12345678901234567890123,"b":2,"e":"\u00e9\/\"x","f":1.50E+02,"n":null, "s": [ ]})";
  EXPECT_EQ(body(text).text, text);
}

TEST(JsonText, LineBreaksAndTabsBetweenTokensBecomeSpaces) {
  const Body out = body("{\r\n\t\"a\":\t1,\n\"b\":\"x\\ny\"\n}");
  EXPECT_EQ(out.text, "{   \"a\": 1, \"b\":\"x\\ny\" }");
  EXPECT_FALSE(out.flags.unsafe_in_strings);
}

TEST(JsonText, ControlsThatJsonAllowsInStringsAreEscapedAndOnlyThen) {
  const Body out = body("{\"a\":\"x\x7fy\u0085z\u202e!\",\n\"k\u009b\":\"\\u009b\"}");
  EXPECT_EQ(out.text, R"({"a":"x\u007fy\u0085z\u202e!", "k\u009b":"\u009b"})");
  EXPECT_TRUE(out.flags.unsafe_in_strings);
  EXPECT_FALSE(body("{\"a\":\"\u00a0\u200f\u2028\"}").flags.unsafe_in_strings);
}

TEST(JsonText, AnEscapedBackslashBeforeAControlStaysABackslash) {
  EXPECT_EQ(body("{\"a\":\"\\\\\x7f\"}").text, R"({"a":"\\\u007f"})");
}

TEST(JsonText, TimesAreInUtcWithNineDigits) {
  EXPECT_EQ(time_of(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(time_of(1), "1970-01-01T00:00:00.000000001Z");
  EXPECT_EQ(time_of(1795233600123456789), "2026-11-21T04:00:00.123456789Z");
  EXPECT_EQ(time_of(951782400 * kSecond), "2000-02-29T00:00:00.000000000Z");
  EXPECT_EQ(time_of(951868799 * kSecond), "2000-02-29T23:59:59.000000000Z");
  EXPECT_EQ(time_of(4107542400 * kSecond), "2100-03-01T00:00:00.000000000Z");  // 2100 is no leap year
}

TEST(JsonText, TimesBefore1970AndFarAheadAreRight) {
  EXPECT_EQ(time_of(-1), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(time_of(-kSecond), "1969-12-31T23:59:59.000000000Z");
  EXPECT_EQ(time_of(-kSecond - 1), "1969-12-31T23:59:58.999999999Z");
  EXPECT_EQ(time_of(-86400 * kSecond), "1969-12-31T00:00:00.000000000Z");
  EXPECT_EQ(time_of(-2208988800 * kSecond), "1900-01-01T00:00:00.000000000Z");
  EXPECT_EQ(time_of(std::numeric_limits<std::int64_t>::max()), "2262-04-11T23:47:16.854775807Z");
  EXPECT_EQ(time_of(std::numeric_limits<std::int64_t>::min()), "1677-09-21T00:12:43.145224192Z");
}

TEST(JsonText, AFormatterThatIsUsedAgainForgetsTheLastSecondInTime) {
  TimeFormatter formatter;
  for (const std::int64_t ns : {0L, 999999999L, 1000000000L, 0L, -1L, 1795233600123456789L}) {
    TextBuffer out;
    formatter.append(out, {ns});
    EXPECT_EQ(out.view(), time_of(ns));
  }
}

TEST(JsonText, NumbersReachTheirEnds) {
  TextBuffer out;
  append_number(out, 0);
  out += ' ';
  append_number(out, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(out.view(), "0 18446744073709551615");
}

}  // namespace
}  // namespace overhear::testing
