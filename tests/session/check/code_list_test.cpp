#include "session/check/code_list.hpp"

#include <gtest/gtest.h>

namespace overhear::testing {
namespace {

TEST(CodeList, HasTheCodesAndTheLayersThatWereAdded) {
  CodeList list;
  EXPECT_EQ(list.add("app.schema,tcp.*"), std::nullopt);
  EXPECT_EQ(list.add("ws.mask"), std::nullopt);
  for (const char* const code : {"app.schema", "tcp.gap", "ws.mask"}) EXPECT_TRUE(list.contains(code)) << code;
  for (const char* const code : {"app.unanswered", "ws.utf8", "tcp", "app.schema.x"}) {
    EXPECT_FALSE(list.contains(code)) << code;
  }
}

TEST(CodeList, WhatThereIsNotIsRefusedWithWhatMayBeMeant) {
  CodeList list;
  EXPECT_EQ(list.add("app.schma"), "there is no finding app.schma; did you mean app.schema?");
  EXPECT_EQ(list.add("tpc.*"), "there is no finding tpc.*; did you mean tcp.*?");
  EXPECT_EQ(list.add("tcp*"), "there is no finding tcp*; did you mean tcp.*?");
  EXPECT_EQ(list.add("*"), "there is no finding * ('overhear protocols --rules' lists them)");
  EXPECT_NE(list.add("app.schema,"), std::nullopt);
  EXPECT_NE(list.add("app.sch*"), std::nullopt);
}

}  // namespace
}  // namespace overhear::testing
