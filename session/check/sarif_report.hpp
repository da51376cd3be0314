// A check as SARIF 2.1.0, which code scanning takes: all rules, and a result for each place that is kept. A result
// always has a file and a line, since GitHub refuses a document with one that has none: line 1 of the capture. Session,
// message and packets are its logical location and its properties. Fingerprints say what was found, not where, so that
// the same finding in the next capture is the same alert.
#pragma once

#include <string_view>

#include "session/check/check_report.hpp"
#include "session/export/text_buffer.hpp"

namespace overhear {

// `artifact`: the path of the capture, or its name. `version`: the program's.
void write_sarif_report(const CheckReport& report, std::string_view artifact, std::string_view version,
                        TextBuffer& out);

}  // namespace overhear
