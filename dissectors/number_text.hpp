// Numbers as JSON writes them, in the one way that all who mean the same number have in common: exactly, without a
// machine's number between.
#pragma once

#include <string>
#include <string_view>

namespace overhear {

// 1.7E12, 1700000000000.0 and 17000e8 are "1700000000000"; 2.50 is "2.5". What that would make longer than the longest
// integer that is read (kCommonIntegerDigits) has its digits and an exponent. REQUIRES: a number in JSON's form.
std::string plain_number(std::string_view number);

}  // namespace overhear
