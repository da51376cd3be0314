#include "ui/model/filter_completion.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "dissectors/registry.hpp"

namespace overhear::testing {
namespace {

class Completion : public ::testing::Test {
 protected:
  Completion() {
    StoreWriter writer(spill_);
    Message message;
    message.session = message.number = 1;
    message.protocol = &data_protocol();
    for (const char* user : {"alice", "bob", "Al Gore"}) {
      message.user = user;
      message.room = "tea";
      message.type = "Room.Join";
      writer.on_message(message);
    }
    store_.take(writer.take());
  }

  std::vector<std::string> at(std::string_view text) {
    const auto [begin, candidates] = complete_filter(text, text.size(), store_);
    begin_ = begin;
    std::vector<std::string> texts;
    for (const FilterCandidate& candidate : candidates) texts.push_back(candidate.text);
    return texts;
  }
  bool offers(std::string_view text, const std::string& candidate) {
    const auto texts = at(text);
    return std::ranges::find(texts, candidate) != texts.end();
  }

  std::shared_ptr<Spill> spill_ = std::make_shared<Spill>();
  Limits limits_;
  RecordStore store_{spill_, limits_};
  std::size_t begin_ = 0;
};

TEST_F(Completion, FieldsStandAtTheBeginningAndBehindConnectors) {
  EXPECT_TRUE(offers("", "protocol"));
  EXPECT_TRUE(offers("lat", "latency"));
  EXPECT_EQ(begin_, 0u);
  EXPECT_TRUE(offers("user == bob && lat", "latency"));
  EXPECT_EQ(begin_, 15u);
  EXPECT_TRUE(offers("!(fin", "finding.code"));
  EXPECT_TRUE(offers("BOD", "body."));
  EXPECT_FALSE(offers("lat", "protocol"));
  EXPECT_FALSE(offers("latency", "latency"));  // is whole
}

TEST_F(Completion, RelationsStandBehindAField) {
  EXPECT_TRUE(offers("text ", "contains "));
  EXPECT_TRUE(offers("latency ", ">= "));
  EXPECT_FALSE(offers("latency ", "contains "));
  EXPECT_TRUE(at("nonsense ").empty());
}

TEST_F(Completion, ValuesAreThoseThatAreKnown) {
  EXPECT_EQ(at("user == "), (std::vector<std::string>{"\"Al Gore\"", "alice", "bob"}));
  EXPECT_EQ(at("user == al"), (std::vector<std::string>{"\"Al Gore\"", "alice"}));
  EXPECT_EQ(begin_, 8u);
  EXPECT_EQ(at("user == \"Al "), (std::vector<std::string>{"\"Al Gore\""}));
  EXPECT_EQ(begin_, 8u);
  EXPECT_EQ(at("user in {bob, al"), (std::vector<std::string>{"\"Al Gore\"", "alice"}));
  EXPECT_EQ(at("room == "), (std::vector<std::string>{"tea"}));
  EXPECT_EQ(at("type == R"), (std::vector<std::string>{"Room.Join"}));
  EXPECT_TRUE(offers("protocol == ", "mcp"));
  EXPECT_EQ(at("finding.severity >= w"), (std::vector<std::string>{"warning"}));
  EXPECT_TRUE(offers("finding.code == tcp.g", "tcp.gap"));
  EXPECT_TRUE(at("size == ").empty());
}

TEST_F(Completion, WhateverIsTypedIsFine) {
  for (const std::string_view text :
       {"\"", "== ==", "user == \"\\", "((((", "user in {", "a.b.c == \"x\" &&", "\xff\xfe"}) {
    (void)at(text);
  }
}

}  // namespace
}  // namespace overhear::testing
