// A check as JUnit XML, which CI servers show beside the results of tests: a test case for each code that was found and
// each budget, failed where the check fails by it. Their names are the same from run to run, so that servers can tell
// what is new.
#pragma once

#include "session/check/check_report.hpp"
#include "session/export/text_buffer.hpp"

namespace overhear {

void write_junit_report(const CheckReport& report, TextBuffer& out);

}  // namespace overhear
