// What can be wrong with a capture file.
#pragma once

#include <array>

#include "base/finding.hpp"

namespace overhear::file_rules {

inline constexpr Rule kTruncated{"file.truncated", Severity::Warning, "", "the capture file ends inside a record"};
inline constexpr Rule kBadRecord{"file.bad_record", Severity::Error, "",
                                 "a record of the capture file cannot be right and was skipped"};
inline constexpr Rule kNotACapture{"file.not_a_capture", Severity::Error, "", "the file is neither pcap nor pcapng"};
inline constexpr Rule kUnknownLinkType{"file.unknown_linktype", Severity::Error, "",
                                       "packets of this link type cannot be read"};
inline constexpr Rule kNotAnalysed{"file.not_analysed", Severity::Warning, "",
                                   "packets came faster than they could be looked at; the file holds them"};

inline constexpr std::array kAll{&kTruncated, &kBadRecord, &kNotACapture, &kUnknownLinkType, &kNotAnalysed};

}  // namespace overhear::file_rules
