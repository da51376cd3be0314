// The whole road: a capture file in, NDJSON out, for each protocol.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "bench/generator/generate.hpp"
#include "session/capture_analysis.hpp"
#include "session/export/ndjson_exporter.hpp"

namespace overhear::bench {
namespace {

constexpr std::uint64_t kMessages = 100'000;

// A generated capture with its keys; gone with the object.
class Capture {
 public:
  explicit Capture(std::string_view protocol) {
    std::string folder = (std::filesystem::temp_directory_path() / "overhear-bench-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) return;
    folder_ = folder;
    Options options;
    for (const Protocol& known : kProtocols) {
      if (known.name == protocol) options.protocols.push_back(&known);
    }
    options.messages = kMessages;
    options.connections = 100;
    options.out = path();
    options.key_log = keys();
    is_good_ = generate(std::move(options)).has_value();
  }
  ~Capture() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  bool is_good() const { return is_good_; }
  std::string path() const { return folder_ + "/chat.pcap"; }
  std::string keys() const { return folder_ + "/chat.keys"; }

 private:
  std::string folder_;
  bool is_good_ = false;
};

void road_to_ndjson(benchmark::State& state, std::string_view protocol) {
  const Capture capture(protocol);
  if (!capture.is_good()) return state.SkipWithError("no capture could be generated");
  const int sink = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;
  for (auto _ : state) {
    Output output(sink);
    NdjsonExporter exporter(output, "bench", false);
    auto analysis = CaptureAnalysis::open({.paths = {capture.path()}, .key_logs = {capture.keys()}}, {}, exporter);
    while (analysis && (*analysis)->step(4096).value_or(false)) {
    }
    output.flush();
    if (!analysis || (*analysis)->analysis().messages() != kMessages) {
      state.SkipWithError("messages are missing");
      break;
    }
    bytes += (*analysis)->bytes_read();
    messages += (*analysis)->analysis().messages();
  }
  ::close(sink);
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.SetItemsProcessed(static_cast<std::int64_t>(messages));
}
BENCHMARK_CAPTURE(road_to_ndjson, cchat, "cchat")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(road_to_ndjson, mcp, "mcp")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(road_to_ndjson, chatmaster, "chatmaster")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(road_to_ndjson, scrp, "scrp")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(road_to_ndjson, gradagenda, "gradagenda")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace overhear::bench
