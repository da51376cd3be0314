// A check as one JSON document (schema "overhear-check/1": docs/check.md, docs/check.schema.json).
#pragma once

#include "session/check/check_report.hpp"
#include "session/export/text_buffer.hpp"

namespace overhear {

void write_json_report(const CheckReport& report, TextBuffer& out);

}  // namespace overhear
