#include "session/export/json_writer.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace overhear::testing {
namespace {

TEST(JsonWriter, WhatIsInLinesIsIndentedAndWhatIsInALineStaysThere) {
  TextBuffer out;
  JsonWriter json(out);
  json.begin_object();
  json.member("text", "a\"b");
  json.key("empty");
  json.begin_list();
  json.end_list();
  json.key("list");
  json.begin_list();
  json.begin_object(JsonWriter::Layout::Line);
  json.member("numbers", std::vector<std::uint64_t>{1, 2});
  json.key("inner");
  json.begin_object();
  json.member("least", INT64_MIN);
  json.member("is", true);
  json.end_object();
  json.end_object();
  json.value(std::uint64_t{UINT64_MAX});
  json.end_list();
  json.end_object();
  EXPECT_EQ(out.view(), R"({
  "text": "a\"b",
  "empty": [],
  "list": [
    {"numbers": [1, 2], "inner": {"least": -9223372036854775808, "is": true}},
    18446744073709551615
  ]
}
)");
}

TEST(JsonWriter, AnyBytesMayStandInAString) {
  TextBuffer out;
  JsonWriter json(out);
  json.begin_list(JsonWriter::Layout::Line);
  json.value(std::string_view("\xFF\x1b\0\xE2\x80\xAE", 6));
  json.end_list();
  EXPECT_EQ(out.view(), "[\"\xEF\xBF\xBD\\u001b\\u0000\\u202e\"]\n");
}

}  // namespace
}  // namespace overhear::testing
