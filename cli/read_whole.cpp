#include "cli/read_whole.hpp"

#include "cli/progress.hpp"

namespace overhear {
namespace {

constexpr std::uint64_t kPacketsPerStep = 4096;

}  // namespace

std::expected<std::optional<Error>, Error> read_whole(const CaptureInput& input, const AnalysisOptions& options,
                                                      MessageSink& sink) {
  const auto analysis = CaptureAnalysis::open(input, options, sink);
  if (!analysis) return std::unexpected(analysis.error());
  Progress progress((*analysis)->size());
  while (true) {
    const auto more = (*analysis)->step(kPacketsPerStep);
    if (!more) return more.error();
    if (!*more) return std::nullopt;
    progress.update((*analysis)->bytes_read());
  }
}

}  // namespace overhear
