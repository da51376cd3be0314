// Looking through one chat message: where it ends, whether it is valid, where its fields are.
#include <benchmark/benchmark.h>

#include "dissectors/json/json_boundary.hpp"
#include "dissectors/json/json_index.hpp"

namespace overhear {
namespace {

constexpr std::string_view kMessage =
    R"({"cdid":"5f2a9c01","type":"request-sending-a-message","session-id":"1000042","message":{"type":"text","body":)"
    R"("the agenda moved to friday, caf\u00e9 \"quoted\" – naïve ✓ please bring your notes and the homework of last week"},)"
    R"("sender-timestamp":1406419200123})";

void report(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kMessage.size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void json_index_parse(benchmark::State& state) {
  JsonIndex index;
  const Limits limits;
  for (auto _ : state) benchmark::DoNotOptimize(index.parse(kMessage, limits));
  report(state);
}
BENCHMARK(json_index_parse);

void json_boundary_scan(benchmark::State& state) {
  for (auto _ : state) {
    JsonBoundary boundary;
    benchmark::DoNotOptimize(boundary.scan(kMessage));
  }
  report(state);
}
BENCHMARK(json_boundary_scan);

}  // namespace
}  // namespace overhear
