// Rows of a table, in tshark's dialect and as CSV: values, quotes, what must not act on a terminal, and secrets.
#include "session/table/table_exporter.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "session/table/secrets.hpp"
#include "tests/session/filter/sample_message.hpp"

namespace overhear::testing {
namespace {

TableOptions fields(const std::vector<std::string>& names) {
  TableOptions options;
  for (const std::string& name : names) {
    auto column = parse_column(name);
    EXPECT_TRUE(column) << name;
    if (column) options.columns.push_back(std::move(*column));
  }
  return options;
}

TableOptions csv(const std::vector<std::string>& names) {
  TableOptions options = fields(names);
  options.separator = ',';
  options.quoting = Quoting::Needed;
  options.keeps_breaks = options.guards_formulas = true;
  return options;
}

std::string rows(TableOptions options, const std::vector<Subject>& subjects) {
  const int file = ::memfd_create("table", 0);
  Output output(file);
  TableExporter table(output, std::move(options));
  for (const Subject& subject : subjects) table.on_subject(subject);
  output.flush();
  std::string all(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
  ::lseek(file, 0, SEEK_SET);
  EXPECT_EQ(::read(file, all.data(), all.size()), static_cast<ssize_t>(all.size()));
  ::close(file);
  return all;
}

std::string cell(const std::string& name, TableOptions (*dialect)(const std::vector<std::string>&) = fields) {
  const SampleMessage sample;
  std::string row = rows(dialect({name}), {sample.subject()});
  EXPECT_TRUE(row.ends_with('\n'));
  row.pop_back();
  return row;
}

TEST(Table, EveryTypeOfFieldHasItsText) {
  EXPECT_EQ(cell("protocol"), "mcp");
  EXPECT_EQ(cell("record"), "message");
  EXPECT_EQ(cell("message"), "3.12");
  EXPECT_EQ(cell("time"), "2026-11-20T12:00:00.500000000Z");
  EXPECT_EQ(cell("latency"), "0.250000000");
  EXPECT_EQ(cell("direction"), "client");
  EXPECT_EQ(cell("src"), "10.0.0.1:51234");
  EXPECT_EQ(cell("dst"), "[::1]:3072");
  EXPECT_EQ(cell("user"), "alice");
  EXPECT_EQ(cell("finding"), "1");
  EXPECT_EQ(cell("encrypted"), "");
  EXPECT_EQ(cell("finding.severity"), "note,warning");
  EXPECT_EQ(cell("packet"), "41,42");
}

TEST(Table, AValueInTheBodyIsWhatAStringMeansAndTheJsonOfAnythingElse) {
  EXPECT_EQ(cell("body.data.text"), "hé");
  EXPECT_EQ(cell("body.data.big"), "123456789012345678901234567890");
  EXPECT_EQ(cell("body.data.half"), "5e-1");
  EXPECT_EQ(cell("body.data.none"), "null");
  EXPECT_EQ(cell("body.data[\"a b\"].c"), "true");
  EXPECT_EQ(cell("body.data.list"), "[[1,2]]");
  EXPECT_EQ(cell("body.data.users[0]"), R"({"id":7,"name":"alice"})");
  EXPECT_EQ(cell("body.data.users[*].name"), "alice,bob");
  EXPECT_EQ(cell("body.data.nowhere"), "");
}

TEST(Table, OfSeveralValuesTheFirstTheLastOrAllAreShown) {
  const SampleMessage sample;
  TableOptions options = fields({"packet", "body.data.users[*].id"});
  options.cells.occurrence = Occurrence::First;
  EXPECT_EQ(rows(options, {sample.subject()}), "41\t7\n");
  options.cells.occurrence = Occurrence::Last;
  EXPECT_EQ(rows(options, {sample.subject()}), "42\t8\n");
  options.cells.occurrence = Occurrence::All;
  options.cells.aggregator = '|';
  EXPECT_EQ(rows(options, {sample.subject()}), "41|42\t7|8\n");
}

TEST(Table, ADurationBeforeItsStartIsNegative) {
  const SampleMessage sample;
  Subject subject = sample.subject();
  subject.since_start_ns = -1;
  subject.since_previous_ns = 61 * kSecond + 5;
  EXPECT_EQ(rows(fields({"time.relative", "time.delta"}), {subject}), "-0.000000001\t61.000000005\n");
}

std::string said(std::string_view escaped, TableOptions options) {
  SampleMessage sample;
  sample.message.text = escaped;
  return rows(std::move(options), {sample.subject()});
}

TEST(Table, FieldsEscapeWhiteSpaceAsTsharkDoesAndWhatActsOnATerminal) {
  EXPECT_EQ(said(R"(a\tb\nc\r\u001b[2J\u009b\u202e\\)", fields({"text", "id"})),
            "a\\tb\\nc\\r\\x1b[2J\\u009b\\u202e\\\t17\n");
  EXPECT_EQ(said("\xff", fields({"text"})), "\\xff\n");
}

TEST(Table, QuotesAreDoubledInsideQuotes) {
  TableOptions options = fields({"text", "variant", "id"});
  options.quoting = Quoting::Single;
  EXPECT_EQ(said("it's", options), "'it''s'\t\t'17'\n");
  options.quoting = Quoting::Double;
  EXPECT_EQ(said(R"(a \"b\")", options), "\"a \"\"b\"\"\"\t\t\"17\"\n");
}

TEST(Table, CsvQuotesWhatWouldBreakARowOrACell) {
  for (const auto& [text, expected] : {std::pair<std::string, std::string>{"plain", "plain"},
                                       {"a,b", "\"a,b\""},
                                       {"a;b", "\"a;b\""},
                                       {R"(a\"b)", "\"a\"\"b\""},
                                       {R"(a\r\nb\tc)", "\"a\nb\tc\""},
                                       {R"(a\rb)", "\"a\\rb\""},
                                       {" a", "\" a\""},
                                       {"a ", "\"a \""},
                                       {R"(\u001b[2J)", "\\x1b[2J"}}) {
    EXPECT_EQ(said(text, csv({"text"})), expected + "\n") << text;
  }
}

TEST(Table, CsvKeepsSpreadsheetsFromCalculatingWhatSomebodySaid) {
  for (const std::string text : {"=1+1", "+1", "-1", "@SUM(A1)"}) {
    EXPECT_EQ(said(text, csv({"text"})), "'" + text + "\n");
    TableOptions as_said = csv({"text"});
    as_said.guards_formulas = false;
    EXPECT_EQ(said(text, as_said), text + "\n");
  }
  EXPECT_EQ(said("=HYPERLINK(\\\"http://x\\\",\\\"y\\\")", csv({"text"})),
            "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"\n");
  EXPECT_EQ(cell("body.data.neg", csv), "-5");
}

TEST(Table, SecretsAreMaskedAtAnyDepthUnlessAskedFor) {
  constexpr std::string_view kBody = R"({"password":"a\"b","data":[{"accessToken":{"deep":1}},{"pass\u0077ord":2}],)"
                                     "\n"
                                     R"("my Secret":["x"],"room_password":"","user":"u"})";
  SampleMessage sample;
  (void)sample.json.parse(kBody, {});
  sample.message.body = kBody;
  TableOptions options = fields({"body"});
  EXPECT_EQ(rows(options, {sample.subject()}),
            R"({"password":"•••","data":[{"accessToken":"•••"},{"pass\u0077ord":"•••"}], )"
            R"("my Secret":"•••","room_password":"•••","user":"u"})"
            "\n");
  options = fields({"body.password", "body.data[0].accessToken.deep", "body.data[1]", "body.user"});
  EXPECT_EQ(rows(options, {sample.subject()}), "•••\t•••\t{\"pass\\u0077ord\":\"•••\"}\tu\n");
  options.cells.masks_secrets = false;
  EXPECT_EQ(rows(options, {sample.subject()}), "a\"b\t1\t{\"pass\\u0077ord\":2}\tu\n");
}

TEST(Table, WhatIsNotLookedIntoMayHoldSecretsAndIsNotShown) {
  constexpr std::string_view kBody = R"({"a":1,"b":{"c":2,"password":"x"}})";
  SampleMessage sample;
  Limits limits;
  limits.json_nodes = 4;
  (void)sample.json.parse(kBody, limits);
  EXPECT_EQ(rows(fields({"body", "body.b"}), {sample.subject()}), "{\"a\":1,\"b\":{\"c\":…\t{\"c\":…\n");
  (void)sample.json.parse(R"({"a":{"b":1},"c":[2,3,4]})", limits);
  EXPECT_EQ(rows(fields({"body.a"}), {sample.subject()}), "{\"b\":1}\n") << "all of this was";
}

TEST(Table, WhatIsNoMessageIsARowOnlyWithEvents) {
  const SampleMessage sample;
  const LooseFinding finding{&sample.findings[0], Timestamp{kSecond}, 3, 0, Direction::Server, 7};
  const std::vector<Subject> subjects{sample.subject(), subject_of(finding)};
  TableOptions options = fields({"record", "session", "finding.code"});
  EXPECT_EQ(rows(options, subjects), "message\t3\ttcp.gap,app.schema\n");
  options.with_events = true;
  EXPECT_EQ(rows(options, subjects), "message\t3\ttcp.gap,app.schema\nfinding\t3\ttcp.gap\n");
}

TEST(Table, AHeaderNamesTheColumnsAsTheyWereAskedFor) {
  TableOptions options = csv({"user", "body.data[\"a,b\"]"});
  options.has_header = options.has_byte_order_mark = options.has_crlf = true;
  EXPECT_EQ(rows(options, {}), "\xEF\xBB\xBFuser,\"body.data[\"\"a,b\"\"]\"\r\n");
}

TEST(Column, IsOneFieldsNameAndNothingElse) {
  for (const char* const wrong : {"", " ", "bogus", "user room", "user == 1", "\"user\"", "body.", "body[x]"}) {
    EXPECT_FALSE(parse_column(wrong)) << wrong;
  }
  EXPECT_EQ(parse_column("frame.time").error().meant, "time");
  EXPECT_EQ(parse_column("latncy").error().meant, "latency");
}

}  // namespace
}  // namespace overhear::testing
