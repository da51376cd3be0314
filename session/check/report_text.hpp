// Sentences about a check that several formats have. Texts from the wire stand in them as they came.
#pragma once

#include <string>

#include "session/check/check_report.hpp"

namespace overhear {

// "3.12", "3.-" for a session alone, "-" for what belongs to none.
std::string name_of(const FindingPlace& place);
// "packet 41", "packets 41 42 57", "packets 41 … 57"; empty where there are none.
std::string packets_of(const FindingPlace& place);
// "latency.p99: 54.2ms of 31 answers, at most 200ms".
std::string describe(const BudgetResult& result);
// "3 errors, 2 warnings in 120 messages of 4 sessions".
std::string summary_of(const CheckReport& report);

}  // namespace overhear
