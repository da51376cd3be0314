// libFuzzer's entry. The build names the target: OVERHEAR_FUZZ_TARGET is one of the functions of targets.hpp.
#include <gtest/gtest.h>

#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  GTEST_FLAG_SET(throw_on_failure, true);  // what the tests' own driver expects counts too
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  overhear::fuzz::OVERHEAR_FUZZ_TARGET({data, size});
  return 0;
}
