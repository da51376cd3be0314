// Looking into JSON: names that stand twice, escapes, pointers, and the bound on what is looked into.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dissectors/json/json_check.hpp"
#include "dissectors/json/json_index.hpp"

namespace overhear {
namespace {

JsonIndex parsed(std::string_view text, const Limits& limits = {}) {
  JsonIndex json;
  EXPECT_EQ(json.parse(text, limits), JsonIndex::Status::Valid) << text.substr(0, 100);
  return json;
}

struct Duplicate {
  const char* text;
  const char* pointer;  // null: none stands twice
};

TEST(JsonIndex, FindsNamesThatStandTwiceHoweverTheyAreWritten) {
  const Duplicate table[] = {
      {R"({"a":1,"b":2})", nullptr},
      {R"({"a":1,"a":2})", "/a"},
      {R"({"a":1,"\u0061":2})", "/a"},
      {R"({"\u0061":1,"a":2})", "/a"},
      {R"({"\u00e9":1,"é":2})", "/é"},
      {R"({"\ud83d\ude00":1,"😀":2})", "/😀"},
      {R"({"a\/b":1,"a/b":2})", "/a~1b"},
      {R"({"a":1,"A":2})", nullptr},
      {R"({"a":1,"a ":2})", nullptr},
      {R"({"":1,"":2})", "/"},
      {R"([{"a":1},{"a":2}])", nullptr},
      {R"({"a":{"a":{"a":1}}})", nullptr},
      {R"({"x":[{},{"a":1,"b":{"c":1,"c":2}}]})", "/x/1/b/c"},
      {R"({"a~b":1,"a~b":2})", "/a~0b"},
      {R"({"sender-timestamp":1,"server-timestamp":2})", nullptr},
      {R"({"ab":1,"cd":2,"e":3,"ef":4,"cd":5})", "/cd"},
  };
  for (const auto& [text, pointer] : table) {
    const JsonIndex json = parsed(text);
    EXPECT_EQ(json.flags().duplicate_name, pointer != nullptr) << text;
    std::vector<std::string> expected;
    if (pointer != nullptr) expected.emplace_back(pointer);
    EXPECT_EQ(json.duplicate_pointers(), expected) << text;
  }
}

std::string with_members(int count, std::string_view more) {
  std::string text = "{";
  for (int i = 0; i < count; ++i) text += fmt::format("\"name{}\":{},", i, i);
  return text.append(more) + "}";
}

TEST(JsonIndex, FindsNamesThatStandTwiceAmongThousands) {
  for (const int count : {10, 11, 12, 13, 14, 5000}) {
    EXPECT_FALSE(parsed(with_members(count, R"("other":1)")).flags().duplicate_name) << count;
    for (const char* const twin : {R"("name7":1)", R"("name\u0037":1)", R"("n\u0061me0":1)"}) {
      const std::string text = with_members(count, twin);
      const JsonIndex json = parsed(text);
      EXPECT_TRUE(json.flags().duplicate_name) << count << " " << twin;
      ASSERT_EQ(json.duplicate_names(), 1u);
      EXPECT_TRUE(json.duplicate_pointers().front().starts_with("/name")) << twin;
    }
  }
}

TEST(JsonIndex, TakesNoNameForAnotherWhateverTheirLengths) {
  for (const std::size_t length : {0, 1, 7, 8, 63, 64, 65, 127, 128, 200}) {
    const std::string name(length, 'a');
    for (const std::size_t longer : {1, 63, 64, 65, 128}) {
      const std::string other(length + longer, 'a');
      const std::string text = fmt::format(R"({{"{0}":1,"{1}":2)", name, other);
      EXPECT_FALSE(parsed(text + "}").flags().duplicate_name) << length << " and " << longer << " more";
      EXPECT_TRUE(parsed(fmt::format(R"({},"{}":3}})", text, name)).flags().duplicate_name) << length;
    }
  }
}

TEST(JsonIndex, NamesEveryNameThatStandsTwice) {
  const std::string text =
      R"({"b":1,"a":{"x":1,"y":2,"x":3,"y":4,"x":5,"z":{"k":1,"\u006b":2}},"b":2,"c":0,"surrogate":"\uD800"})";
  const JsonIndex json = parsed(text);
  EXPECT_EQ(json.duplicate_names(), 4u);
  EXPECT_EQ(json.duplicate_pointers(), (std::vector<std::string>{"/a/y", "/a/x", "/a/z/k", "/b"}));
  EXPECT_EQ(json.surrogate_pointer(), "/surrogate");
}

TEST(JsonIndex, CountsMoreDuplicatesThanItNames) {
  std::string text = "{";
  for (int i = 0; i < 40; ++i) text += fmt::format("\"n{0}\":1,\"n{0}\":2,", i);
  text.back() = '}';
  const JsonIndex json = parsed(text);
  EXPECT_EQ(json.duplicate_names(), 40u);
  EXPECT_EQ(json.duplicate_pointers().size(), JsonIndex::kMostDuplicates);
  FindingList findings;
  check_json(json, text.size(), findings);
  ASSERT_EQ(findings.items().size(), JsonIndex::kMostDuplicates + 1);
  EXPECT_EQ(findings.items().back().message(), "24 more names stand twice in one object");
}

TEST(JsonIndex, MeansTheLastOfDuplicates) {
  const std::string text = R"({"a":1,"b":0,"\u0061":2,"a":3})";
  const JsonIndex json = parsed(text);
  EXPECT_EQ(json.value(*json.find("a")), "3");
  const std::string escaped_last = R"({"a":1,"\u0061":2})";
  const JsonIndex other = parsed(escaped_last);
  EXPECT_EQ(other.value(*other.find("a")), "2");
}

TEST(JsonIndex, FlagsSurrogatesThatStandAlone) {
  const Duplicate table[] = {
      {R"(["\uD83D\uDE00"])", nullptr},    {R"(["a","\uD83D"])", "/1"},
      {R"({"x":"\uDE00"})", "/x"},         {R"(["\uDE00\uD83D"])", "/0"},
      {R"(["\uD83D\uD83D\uDE00"])", "/0"}, {R"(["\uD83Dx\uDE00"])", "/0"},
      {R"(["\uD83D\n"])", "/0"},           {R"(["\uDBFF\uDFFF"])", nullptr},
      {R"(["\uD7FF\uE000"])", nullptr},    {R"([{"\uD800":1}])", "/0/\xEF\xBF\xBD"},
  };
  for (const auto& [text, pointer] : table) {
    const JsonIndex json = parsed(text);
    EXPECT_EQ(json.flags().lone_surrogate, pointer != nullptr) << text;
    EXPECT_EQ(pointer == nullptr ? "" : json.surrogate_pointer(), std::string(pointer == nullptr ? "" : pointer));
  }
}

TEST(JsonIndex, UnescapesToWhatIsMeant) {
  const std::pair<const char*, std::string> table[] = {
      {"plain", "plain"},
      {R"(\"\\\/\b\f\n\r\t)", "\"\\/\b\f\n\r\t"},
      {R"(\u0041\u00e9\u20ac)", "Aé€"},
      {R"(\ud83d\ude00!)", "😀!"},
      {R"(\ud83d!)", "\xEF\xBF\xBD!"},
      {R"(\ude00\ud83d)", "\xEF\xBF\xBD\xEF\xBF\xBD"},
      {R"(\ud83d\u0041)",
       "\xEF\xBF\xBD"
       "A"},
      {R"(\u0000)", std::string(1, '\0')},
      {R"(\u0123\u4567\u89ab\ucdef\u89AB\uCDEF)", "\u0123\u4567\u89ab\ucdef\u89ab\ucdef"},
      // As a summary may be given it, cut or never checked.
      {R"(\x\u00g0\u:000\u00)", "x\xEF\xBF\xBD\xEF\xBF\xBDu00"},
  };
  for (const auto& [escaped, meant] : table) {
    std::string out = "kept ";
    append_unescaped(out, escaped);
    EXPECT_EQ(out, "kept " + meant);
  }
}

TEST(JsonIndex, UnescapesWhereverTheEscapesStandInALongText) {
  for (std::size_t size = 0; size <= 70; ++size) {
    for (std::size_t at = 0; at <= size; ++at) {
      const std::string before(at, 'a');
      const std::string behind(size - at, 'b');
      std::string out = "kept ";
      append_unescaped(out, before + R"(\u00e9\n)" + behind);
      EXPECT_EQ(out, "kept " + before + "é\n" + behind) << at << " of " << size;
    }
  }
}

TEST(JsonIndex, WritesPointersByRfc6901AndFindsNodesInOrder) {
  // The document of RFC 6901, 5.
  const std::string text =
      R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8})";
  const JsonIndex json = parsed(text);
  std::vector<std::string> pointers;
  for (const JsonNode* node = json.first_child(json.root()); node != nullptr;
       node = json.next_sibling(json.root(), *node)) {
    pointers.push_back(json.pointer(*node));
  }
  const std::vector<std::string> expected = {"/foo", "/",     "/a~1b", "/c%d", "/e^f",
                                             "/g|h", "/i\\j", "/k\"l", "/ ",   "/m~0n"};
  EXPECT_EQ(pointers, expected);
  EXPECT_EQ(json.pointer(json.root()), "");
  const JsonNode* const foo = json.find("foo");
  EXPECT_EQ(json.pointer(*json.next_sibling(*foo, *json.first_child(*foo))), "/foo/1");
  EXPECT_EQ(json.value(*json.find("")), "0");
  EXPECT_EQ(json.value(*json.find("i\\j")), "5");
  EXPECT_EQ(json.value(*json.find("k\"l")), "6");
}

TEST(JsonIndex, LooksIntoNoMoreValuesThanTheLimit) {
  Limits limits;
  limits.json_nodes = 10;
  for (int count = 1; count < 30; ++count) {
    std::string text = "{\"first\":1,\"list\":[";
    for (int i = 0; i < count; ++i) text += fmt::format("{}{{\"a\":{}}}", i == 0 ? "" : ",", i);
    text += "],\"last\":2}";
    const JsonIndex json = parsed(text, limits);
    EXPECT_EQ(json.flags().index_limit, 1 + 1 + 1 + 2 * count + 1 > 10) << count;
    EXPECT_EQ(json.value(*json.find("first")), "1");
    // Whatever is found is right, and walking ends.
    const JsonNode* const last = json.find("last");
    EXPECT_EQ(last == nullptr ? "2" : json.value(*last), "2");
    int walked = 0;
    for (const JsonNode* node = json.first_child(*json.find("list")); node != nullptr;
         node = json.next_sibling(*json.find("list"), *node)) {
      EXPECT_EQ(json.raw(*node), fmt::format("{{\"a\":{}}}", walked));
      EXPECT_EQ(json.pointer(*node), fmt::format("/list/{}", walked));
      ++walked;
    }
    EXPECT_LE(walked, count);
  }
}

TEST(JsonIndex, StillChecksWhatIsBeyondTheLimit) {
  Limits limits;
  limits.json_nodes = 2;
  JsonIndex json;
  EXPECT_EQ(json.parse("[1,2,3,4,nope]", limits), JsonIndex::Status::Invalid);
  EXPECT_EQ(json.parse("[1,2,3,[[[[4]]]]]", limits), JsonIndex::Status::Valid);
}

}  // namespace
}  // namespace overhear
