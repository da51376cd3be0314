// Statistics as one JSON document (schema "overhear-stats/1": docs/stats.md, docs/stats.schema.json).
#pragma once

#include <string_view>

#include "session/export/text_buffer.hpp"
#include "session/statistics/statistics.hpp"

namespace overhear {

void write_json_statistics(const Statistics& statistics, std::string_view source, TextBuffer& out);

}  // namespace overhear
