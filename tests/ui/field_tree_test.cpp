#include "ui/model/field_tree.hpp"

#include <gtest/gtest.h>

namespace overhear::testing {
namespace {

class Fields : public ::testing::Test {
 protected:
  void look_at(std::string text, bool show_secrets = false) {
    text_ = std::move(text);
    ASSERT_EQ(json_.parse(text_, limits_), JsonIndex::Status::Valid);
    message_.body = text_;
    message_.json = &json_;
    message_.type_spec = &type_;
    message_.findings = findings_;
    tree_.look_at(message_, show_secrets);
  }
  std::string shown() const {
    std::string out;
    for (const FieldLine& line : tree_.lines())
      out += std::string(line.depth, ' ') + line.name + "=" + line.value + "\n";
    return out;
  }

  Limits limits_;
  std::string text_;
  JsonIndex json_;
  Message message_;
  static constexpr EnumValue kKinds[] = {{"0", "ROOM_OPEN", "anybody may come"}};
  static constexpr Enumeration kKind{"kind", "", kKinds};
  static constexpr Field kInner[] = {{.name = "a/b", .types = kString, .meaning = "inner"}};
  static constexpr Field kTop[] = {{.name = "kind", .types = kInteger, .meaning = "how", .values = &kKind},
                                   {.name = "data", .types = kObject, .meaning = "what", .fields = kInner},
                                   {.name = "list", .types = kArray, .meaning = "many", .fields = kInner}};
  MessageType type_{.name = "T", .section = {}, .meaning = {}, .fields = kTop};
  std::vector<Finding> findings_;
  FieldTree tree_;
};

TEST_F(Fields, EachValueIsALineWithWhatItMeans) {
  look_at(R"({"kind":0,"data":{"a/b":"x\u00fc","more":[1,true,null]},"list":[{"a/b":"y"}]})");
  EXPECT_EQ(shown(),
            "kind=0\ndata={2 fields}\n a/b=\"x\u00fc\"\n more=[3 elements]\n  [0]=1\n  [1]=true\n  [2]=null\n"
            "list=[1 element]\n [0]={1 field}\n  a/b=\"y\"\n");
  EXPECT_EQ(tree_.lines()[0].meaning, "how — ROOM_OPEN — anybody may come");
  EXPECT_EQ(tree_.lines()[2].meaning, "inner");
  EXPECT_EQ(tree_.lines()[9].meaning, "inner");
  EXPECT_EQ(tree_.lines()[3].meaning, "");
  EXPECT_EQ(tree_.pointer(2), "/data/a~1b");
  EXPECT_EQ(tree_.pointer(9), "/list/0/a~1b");
}

TEST_F(Fields, ClosedLinesHideWhatIsUnderThem) {
  look_at(R"({"data":{"a/b":"x","deep":{"er":1}},"z":2})");
  tree_.toggle(0);
  EXPECT_EQ(shown(), "data={2 fields}\nz=2\n");
  tree_.toggle(0);
  tree_.toggle(2);
  EXPECT_EQ(shown(), "data={2 fields}\n a/b=\"x\"\n deep={1 field}\nz=2\n");
  // A byte that is looked for opens what it is under.
  const auto offset = static_cast<std::uint32_t>(text_.find("1}"));
  tree_.toggle(0);
  const std::size_t line = tree_.line_at(offset);
  ASSERT_LT(line, tree_.lines().size());
  EXPECT_EQ(tree_.lines()[line].name, "er");
  EXPECT_EQ(tree_.line_at(static_cast<std::uint32_t>(text_.size() - 1)), SIZE_MAX);  // the root's bracket
}

TEST_F(Fields, PlacesInTheBodyAreThoseOfNameAndValue) {
  look_at(R"({"kind": 10, "s":"hi"})");
  const FieldLine& line = tree_.lines()[1];
  EXPECT_EQ(text_.substr(line.begin, line.end - line.begin), R"("s":"hi")");
  EXPECT_EQ(text_.substr(line.value_begin, line.end - line.value_begin), R"("hi")");
}

TEST_F(Fields, FindingsStandAtTheirFields) {
  static constexpr Rule kRule{.code = "x.y", .severity = Severity::Warning, .spec = {}, .text = {}};
  findings_ = {{.rule = &kRule, .spec = {}, .text = "bad", .field = "/data/a~1b", .bytes = {}}};
  look_at(R"({"data":{"a/b":"x"}})");
  EXPECT_TRUE(tree_.lines()[0].findings.empty());
  EXPECT_EQ(tree_.lines()[1].findings, std::vector<std::uint32_t>{0});
}

TEST_F(Fields, SecretsAreMaskedAsAWhole) {
  look_at(R"({"password":"hunter2","user":{"token":{"deep":"s3cret"}}})");
  EXPECT_EQ(shown(), "password=•••\nuser={1 field}\n token=•••\n");
  ASSERT_EQ(tree_.secrets().size(), 2u);
  EXPECT_EQ(text_.substr(tree_.secrets()[0].first, tree_.secrets()[0].second - tree_.secrets()[0].first),
            "\"hunter2\"");
  tree_.toggle(1);  // also when their line is not shown
  EXPECT_EQ(tree_.secrets().size(), 2u);
  look_at(R"({"password":"hunter2"})", true);
  EXPECT_EQ(shown(), "password=\"hunter2\"\n");
}

TEST_F(Fields, ManyValuesTakeNoLongerThanTheyAre) {
  std::string text = "[";
  for (int i = 0; i < 60'000; ++i) text += R"({"a":1},)";
  text.back() = ']';
  look_at(text);
  EXPECT_GT(tree_.lines().size(), 60'000u);
}

}  // namespace
}  // namespace overhear::testing
