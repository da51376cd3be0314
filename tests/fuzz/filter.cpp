// A filter's text, whatever it is: an error at a place inside it, or a filter that answers, and "not" of it the
// opposite.
#include <string>

#include "dissectors/registry.hpp"
#include "session/filter/filter.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

namespace overhear::fuzz {
namespace {

constexpr std::string_view kBody = R"({"a":{"b":[1,"x",{"c":null}],"b\u0020":-2.5e3},"t":"h\u00e9"})";

Message message_of(const JsonIndex& json) {
  Message message;
  message.session = 1;
  message.number = 2;
  message.protocol = find_protocol("mcp");
  message.type = "a";
  message.user = R"(a\u0062)";
  message.text = kBody;
  message.body = kBody;
  message.json = &json;
  message.reply_to = 1;
  return message;
}

}  // namespace

void fuzz_filter(Bytes input) {
  const std::string_view text = as_text(input);
  const auto filter = Filter::compile(text);
  if (!filter) {
    const FilterError& error = filter.error();
    check(error.begin <= error.end && error.end <= text.size(), "the error lies outside the filter");
    return check(!error.text.empty(), "no reason is given");
  }
  JsonIndex json;
  (void)json.parse(kBody, {});
  const bool answer = filter->matches(message_of(json));
  const auto opposite = Filter::compile("!(" + std::string(text) + ")");
  if (opposite) check(opposite->matches(message_of(json)) != answer, "a filter and its opposite agree");
}

}  // namespace overhear::fuzz
