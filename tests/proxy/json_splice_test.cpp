#include "proxy/json_splice.hpp"

#include <gtest/gtest.h>

namespace overhear::testing {
namespace {

std::string put(std::string_view text, std::string_view pointer, std::string_view value) {
  return spliced(text, pointer, value, Limits{}).value_or("nothing");
}

TEST(JsonSplice, OneValueChangesAndEveryOtherByteStays) {
  EXPECT_EQ(put(R"({ "a" : 1.50, "b":[ 1,2 ] })", "/b/1", "{}"), R"({ "a" : 1.50, "b":[ 1,{} ] })");
  EXPECT_EQ(put(R"({"a":"x"})", "/a", "\"y\""), R"({"a":"y"})");
  EXPECT_EQ(put(R"({"a":1})", "", "2"), "2");
  EXPECT_EQ(put(R"({"a/b":{"~":0,"":1}})", "/a~1b/~0", "5"), R"({"a/b":{"~":5,"":1}})");
  EXPECT_EQ(put(R"({"a/b":{"~":0,"":1}})", "/a~1b/", "5"), R"({"a/b":{"~":0,"":5}})");
  EXPECT_EQ(put(R"({"\u0061":1})", "/a", "2"), R"({"\u0061":2})");
}

TEST(JsonSplice, WhatIsMissingIsAdded) {
  EXPECT_EQ(put("{}", "/a", "1"), R"({"a":1})");
  EXPECT_EQ(put(R"({"b":0 })", "/a", "1"), R"({"b":0 ,"a":1})");
  EXPECT_EQ(put(R"({"b":[]})", "/b/-", "1"), R"({"b":[1]})");
  EXPECT_EQ(put(R"({"b":[0]})", "/b/-", "1"), R"({"b":[0,1]})");
  EXPECT_EQ(put("{}", "/q\"\\\n", "1"), R"({"q\"\\\n":1})");
}

TEST(JsonSplice, WhereThereIsNoPlaceNothingChanges) {
  for (const std::string_view pointer : {"/a/b", "/b/2", "/b/x", "/b/-/c", "x", "/c/d/e"}) {
    EXPECT_EQ(put(R"({"a":1,"b":[0,1]})", pointer, "1"), "nothing") << pointer;
  }
  EXPECT_EQ(put("no json", "/a", "1"), "nothing");
}

}  // namespace
}  // namespace overhear::testing
