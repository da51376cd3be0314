// What is no filter: where the error is, what it says, and what it proposes.
#include <gtest/gtest.h>

#include <string>

#include "session/filter/filter.hpp"
#include "session/filter/filter_field.hpp"

namespace overhear::testing {
namespace {

struct Wrong {
  const char* filter;  // the place is marked by ^ before it
  const char* text;    // a part of the error's
  const char* meant;
};

constexpr Wrong kWrong[] = {
    {"^protocl == mcp", "no field protocl", "protocol"},
    {"^Protocol == mcp", "no field Protocol", "protocol"},
    {"user && ^finding.cod == x", "no field finding.cod", "finding.code"},
    {"finding.code == ^tcp.gpa", "no finding tcp.gpa", "tcp.gap"},
    {"finding.code in {tcp.gap, ^app.shema}", "no finding app.shema", "app.schema"},
    {"^ip.src == 10.0.0.1", "no field ip.src", "src"},
    {"^tcp.port == 80", "no field tcp.port", "port"},
    {"^frame.number == 1", "no field frame.number", "packet"},
    {"^qwertyuiop", "overhear fields", ""},
    {"^len(text) > 3", "no functions", ""},
    {"^\"text\" == 3", "a field stands here", ""},
    {"protocol == ^mpc", "protocol is one of cchat, mcp", "mcp"},
    {"protocol == ^xyzzy", "protocol is one of", ""},
    {"direction == ^clent", "client, server", "client"},
    {"finding.severity >= ^warn", "note, warning, error", ""},
    {"finding.severity >= ^warnin", "note, warning, error", "warning"},
    {"protocol ^> mcp", "it goes with == != in", ""},
    {"protocol ^contains m", "it goes with == != in", ""},
    {"size ^contains 5", "size is a number", ""},
    {"src ^matches x", "src is an address", ""},
    {"encrypted ^== true", "there or not", "encrypted or !encrypted"},
    {"size == ^alice", "a number stands here", ""},
    {"size == ^\"5\"", "a number stands here", ""},
    {"size == ^-1", "a number stands here", ""},
    {"size == ^1.5", "a number stands here", ""},
    {"size == ^99999999999999999999", "a number stands here", ""},
    {"latency > ^200mx", "a duration stands here", ""},
    {"latency > ^9999999999999h", "a duration stands here", ""},
    {"latency > ^1.", "a duration stands here", ""},
    {"time > ^yesterday", "a time stands here", ""},
    {"time > ^2026-13-01", "a time stands here", ""},
    {"time > ^2026-02-30", "a time stands here", ""},
    {"time > ^2026-11-20T25:00", "a time stands here", ""},
    {"time > ^2026-11-20T12:00:00+1", "a time stands here", ""},
    {"message == ^3", "3.12", ""},
    {"message == ^a.b", "3.12", ""},
    {"src == ^10.0.0", "an address stands here", ""},
    {"src == ^10.0.0.1:99999", "an address stands here", ""},
    {"src == ^10.0.0.0/33", "an address stands here", ""},
    {"src == ^10.0.0.0/8:80", "an address stands here", ""},
    {"src == ^[::1", "an address stands here", ""},
    {"user == ^room", "room is a field", "\"room\""},
    {"body.type == ^message", "message is a field", "\"message\""},
    {"user == ^and", "and is an operator", "\"and\""},
    {"user ==^", "a value is missing", ""},
    {"user == ^)", "a value is missing", ""},
    {"user ^= alice", "no operator =", "=="},
    {"user ^=== alice", "no operator ===", "=="},
    {"user ^!== alice", "no operator !==", "!="},
    {"user ^& room", "no operator &", "&&"},
    {"user ^| room", "no operator |", "||"},
    {"user ^~= alice", "no operator ~=", "!="},
    {"user ^=~ alice", "no operator =~", "matches"},
    {"user == ^'alice'", "double quotes", "\""},
    {"user == ^$x", "in quotes only", ""},
    {"user == ^\"alice", "closing quote", ""},
    {"user == ^r\"alice", "closing quote", ""},
    {"user == \"a^\\q\"", "no such escape", ""},
    {"user == \"a^\\x1\"", "two hex digits", ""},
    {"user == \"a^\\u12g4\"", "four hex digits", ""},
    {"user == \"a^\\ud800\"", "half a character", ""},
    {"text matches ^\"a(\"", "no regular expression", ""},
    {"text matches ^\"((a{1000}){1000}){1000}\"", "no regular expression", ""},
    {"(user^", "", ""},
    {"user ^alice", "&& or || is missing", ""},
    {"user == alice ^room == 1", "&& or || is missing", ""},
    {"user == alice ^== room", "not chained", ""},
    {"user^)", "no parenthesis is open", ""},
    {"user == alice && ^", "a field is missing", ""},
    {"^&& user", "a field is missing", ""},
    {"^()", "", ""},
    {"user ^not alice", "&& or || is missing", ""},
    {"session in ^3", "a set stands here", ""},
    {"session in {^}", "a value is missing", ""},
    {"session in {1 ^2}", "a comma is missing", ""},
    {"session in {1, 2^", "} is missing", ""},
    {"session in {^9..5}", "empty", ""},
    {"user in {^a..b}", "no ranges", ""},
    {"protocol in {^mcp..scrp}", "no ranges", ""},
    {"src in {^10.0.0.1..10.0.0.2}", "no ranges", ""},
    {"body.x in {^a..b}", "numbers at its ends", ""},
    {"body.x < ^true", "neither more nor less", ""},
    {"body.^", "a member's name is missing", ""},
    {"body.data.^.x", "a member's name is missing", ""},
    {"body[^x]", "brackets hold", ""},
    {"body[^-1]", "brackets hold", ""},
    {"body[0^", "brackets hold", ""},
    {"body[^99999999999999999999999]", "brackets hold", ""},
};

TEST(FilterError, StandsAtTheCharacterAndProposesWhatWasMeant) {
  for (const Wrong& wrong : kWrong) {
    std::string text = wrong.filter;
    // "^^" is an operator, and no case here has it.
    std::size_t place = text.find('^');
    text.erase(place, 1);
    if (text == "(user") place = 0;  // what is not closed is where it opens
    if (text == "()") place = 1;     // a field is missing inside
    const auto filter = Filter::compile(text);
    ASSERT_FALSE(filter) << text;
    EXPECT_EQ(filter.error().begin, place) << text << ": " << filter.error().text;
    EXPECT_LE(filter.error().begin, filter.error().end) << text;
    EXPECT_LE(filter.error().end, text.size()) << text;
    EXPECT_NE(filter.error().text.find(wrong.text), std::string::npos) << text << ": " << filter.error().text;
    EXPECT_EQ(filter.error().meant, wrong.meant) << text;
  }
}

TEST(FilterError, LengthAndDepthHaveBounds) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '(') + "user" + std::string(depth, ')'); };
  EXPECT_TRUE(Filter::compile(nested(kMaxFilterDepth)));
  const auto too_deep = Filter::compile(nested(kMaxFilterDepth + 1));
  ASSERT_FALSE(too_deep);
  EXPECT_EQ(too_deep.error().begin, kMaxFilterDepth);
  EXPECT_TRUE(Filter::compile(std::string(kMaxFilterBytes - 4, '!') + "user"));
  EXPECT_FALSE(Filter::compile(std::string(kMaxFilterBytes - 3, '!') + "user"));
  std::string many = "session==1";
  while (many.size() < kMaxFilterBytes - 20) many += "||session==1";
  EXPECT_TRUE(Filter::compile(many));
}

TEST(FilterField, EveryExampleIsAFilter) {
  for (const FilterField& field : filter_fields()) {
    const auto filter = Filter::compile(field.example);
    ASSERT_TRUE(filter) << field.example << ": " << filter.error().text;
    EXPECT_FALSE(field.meaning.empty()) << field.name;
    EXPECT_EQ(&filter_field(field.id), &field) << field.name;
  }
}

}  // namespace
}  // namespace overhear::testing
