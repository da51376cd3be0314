// Asking a filter about message after message, as a viewer does while one is typed.
#include <benchmark/benchmark.h>

#include "dissectors/registry.hpp"
#include "session/filter/filter.hpp"

namespace overhear {
namespace {

constexpr std::string_view kBody =
    R"({"type":"Message.CreateTextMessage.17","data":{"room":1,"text":"the agenda moved to friday, caf\u00e9 \"quoted\" )"
    R"(please bring your notes and the homework of last week","users":[{"id":7},{"id":8}],"time":1406419200123}})";

Message message_of(const JsonIndex& json) {
  Message message;
  message.session = 3;
  message.number = 12;
  message.time = message.time_first = {1'000'000'000};
  message.size = kBody.size();
  message.protocol = find_protocol("mcp");
  message.type = "Message.CreateTextMessage";
  message.id = "17";
  message.reply_to = 11;
  message.latency_ns = 250'000'000;
  message.body = kBody;
  message.json = &json;
  message.user = "alice";
  message.text =
      R"(the agenda moved to friday, caf\u00e9 \"quoted\" please bring your notes and the homework of last week)";
  return message;
}

void filter(benchmark::State& state, const char* text) {
  JsonIndex json;
  (void)json.parse(kBody, {});
  const Message message = message_of(json);
  const auto compiled = Filter::compile(text);
  if (!compiled) return state.SkipWithError("no filter");
  for (auto _ : state) benchmark::DoNotOptimize(compiled->matches(message));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK_CAPTURE(filter, number, "size > 4096");
BENCHMARK_CAPTURE(filter, choice, "protocol == scrp");
BENCHMARK_CAPTURE(filter, four_cheap, "protocol == mcp && session in {1,3} && latency > 200ms && direction == client");
BENCHMARK_CAPTURE(filter, text_equal, "type == Message.CreateImageMessage");
BENCHMARK_CAPTURE(filter, text_contains, "text contains \"homework of next week\"");
BENCHMARK_CAPTURE(filter, body_number, "body.data.room == 2");
BENCHMARK_CAPTURE(filter, body_any_element, "body.data.users[*].id == 9");
BENCHMARK_CAPTURE(filter, body_text_contains, "body.data.text contains \"next week\"");
BENCHMARK_CAPTURE(filter, body_contains, "body contains \"next week\"");
BENCHMARK_CAPTURE(filter, regex, "text matches \"home.*next\"");
BENCHMARK_CAPTURE(filter, regex_behind_a_cheap_one, "text matches \"home.*next\" && protocol == scrp");

void filter_compile(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(Filter::compile("protocol == mcp && type == \"Room.Join\" && body.data.room == 1"));
  }
}
BENCHMARK(filter_compile);

}  // namespace
}  // namespace overhear
