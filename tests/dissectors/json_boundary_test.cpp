// Where one JSON value ends.
#include <gtest/gtest.h>

#include "dissectors/json/json_boundary.hpp"

namespace overhear {
namespace {

struct Value {
  const char* text;
  std::size_t length;  // 0: more is needed
  std::size_t at_end;  // when nothing follows; 0: torn
};

const Value kTable[] = {
    {"{}", 2, 2},
    {"{}{}", 2, 2},
    {"[]]", 2, 2},
    {"{\"a\":[1,{}]} x", 12, 12},
    {"{\"}\":\"\\\"}\"}", 11, 11},
    {"{\"\\\\\"}", 6, 6},
    {"\"a\"b", 3, 3},
    {"\"a\\\"\"", 5, 5},
    {"12 ", 2, 2},
    {"12", 0, 2},
    {"true,", 4, 4},
    {"null", 0, 4},
    {"-1.5e+7]", 7, 7},
    {"0x1F{", 4, 4},
    {"{", 0, 0},
    {"{\"a", 0, 0},
    {"{\"a\\", 0, 0},
    {"\"", 0, 0},
    {"\"\\\"", 0, 0},
    {"[[[]]", 0, 0},
    {"{]", 2, 2},
    {"[1}", 3, 3},
    {"}", 1, 1},
};

TEST(JsonBoundary, FindsTheEndOfAValue) {
  for (const auto& [text, length, at_end] : kTable) {
    EXPECT_EQ(JsonBoundary().scan(text), length) << text;
    EXPECT_EQ(JsonBoundary().length_at_end(text), at_end) << text;
  }
}

TEST(JsonBoundary, FindsTheSameEndWhenTheTextGrows) {
  for (const auto& [text, length, at_end] : kTable) {
    const std::string_view all = text;
    for (std::size_t step = 1; step < 4; ++step) {
      JsonBoundary boundary;
      std::size_t found = 0;
      for (std::size_t size = step; found == 0 && size <= all.size(); size += step)
        found = boundary.scan(all.substr(0, size));
      if (found == 0) found = boundary.scan(all);
      EXPECT_EQ(found, length) << text << " by " << step;
      EXPECT_EQ(found > 0 ? found : boundary.length_at_end(all), at_end) << text << " by " << step;
    }
  }
}

TEST(JsonBoundary, IsFreshBeforeAValueAndAfterAReset) {
  JsonBoundary boundary;
  EXPECT_TRUE(boundary.is_fresh());
  for (const char* const text : {"{", "\"", "12", "[\"a"}) {
    boundary.scan(text);
    EXPECT_FALSE(boundary.is_fresh()) << text;
    boundary.reset();
    EXPECT_TRUE(boundary.is_fresh());
  }
}

}  // namespace
}  // namespace overhear
