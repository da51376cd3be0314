// A capture from its beginning to its end, for commands that tell of it only then.
#pragma once

#include <expected>
#include <optional>

#include "base/error.hpp"
#include "session/capture_analysis.hpp"

namespace overhear {

// The outer error: it could not be opened. The inner one: reading it failed somewhere; what was read has been told.
std::expected<std::optional<Error>, Error> read_whole(const CaptureInput& input, const AnalysisOptions& options,
                                                      MessageSink& sink);

}  // namespace overhear
