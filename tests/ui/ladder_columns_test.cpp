#include "ui/model/ladder_columns.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace overhear {
namespace {

using Columns = std::vector<std::vector<std::uint32_t>>;

TEST(LadderColumns, ThoseInSightHaveColumnsInTheOrderOfTheirRows) {
  LadderColumns ladder;
  ladder.show(std::vector<std::uint32_t>{7, 3, 7, 5}, 4);
  EXPECT_EQ(ladder.columns(), (Columns{{7}, {3}, {5}}));
  EXPECT_EQ(ladder.column_of(5), 2u);
  EXPECT_EQ(ladder.column_of(4), SIZE_MAX);
}

TEST(LadderColumns, NothingJumpsWhileRowsPass) {
  LadderColumns ladder;
  ladder.show(std::vector<std::uint32_t>{1, 2, 3}, 4);
  ladder.show(std::vector<std::uint32_t>{3, 2}, 4);
  EXPECT_EQ(ladder.columns(), (Columns{{}, {2}, {3}}));
  ladder.show(std::vector<std::uint32_t>{2, 3, 9}, 4);
  EXPECT_EQ(ladder.columns(), (Columns{{9}, {2}, {3}}));
  ladder.show(std::vector<std::uint32_t>{9}, 4);
  EXPECT_EQ(ladder.columns(), (Columns{{9}}));
}

TEST(LadderColumns, TheLastColumnIsSharedUntilThereIsRoom) {
  LadderColumns ladder;
  ladder.show(std::vector<std::uint32_t>{1, 2, 3, 4, 5}, 3);
  EXPECT_EQ(ladder.columns(), (Columns{{1}, {2}, {3, 4, 5}}));
  ladder.show(std::vector<std::uint32_t>{2, 3, 4, 5}, 3);
  EXPECT_EQ(ladder.columns(), (Columns{{5}, {2}, {3, 4}}));
  ladder.show(std::vector<std::uint32_t>{2, 3, 4, 5}, 1);
  EXPECT_EQ(ladder.columns().size(), 1u);
  EXPECT_EQ(ladder.columns()[0].size(), 4u);
}

TEST(LadderColumns, ManyAreNoMoreColumnsThanFit) {
  LadderColumns ladder;
  std::vector<std::uint32_t> names(1'000);
  std::iota(names.begin(), names.end(), 1u);
  ladder.show(names, 6);
  EXPECT_EQ(ladder.columns().size(), 6u);
  for (const std::uint32_t name : names) EXPECT_NE(ladder.column_of(name), SIZE_MAX);
}

TEST(LadderGeometry, WhatIsSaidStandsBetweenClientsAndServers) {
  for (const float width : {600.0f, 1000.0f, 3000.0f}) {
    for (const std::size_t servers : {1u, 3u}) {
      const std::size_t clients = most_clients(width, 140, 14, servers);
      const LadderGeometry geometry = ladder_geometry(width, 140, 14, clients, servers);
      EXPECT_GT(geometry.client(0), 140);
      EXPECT_GT(geometry.text_left, geometry.client(clients - 1));
      EXPECT_GE(geometry.text_right, geometry.text_left);
      EXPECT_LT(geometry.server(servers - 1), width);
      if (width < 1000) continue;
      EXPECT_GT(geometry.server(0), geometry.text_right);
      EXPECT_GT(geometry.text_right - geometry.text_left, 14 * 20);
    }
  }
  EXPECT_GT(most_clients(3000, 140, 14, 1), most_clients(1000, 140, 14, 1));
  EXPECT_EQ(most_clients(0, 140, 14, 3), 1u);
}

}  // namespace
}  // namespace overhear
