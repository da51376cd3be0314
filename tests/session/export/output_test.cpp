#include "session/export/output.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <thread>

namespace overhear::testing {
namespace {

std::string all_of(int descriptor) {
  std::string out;
  char chunk[4096];
  ::lseek(descriptor, 0, SEEK_SET);
  for (ssize_t size = 0; (size = ::read(descriptor, chunk, sizeof chunk)) > 0;) {
    out.append(chunk, static_cast<std::size_t>(size));
  }
  return out;
}

TEST(Output, WhatIsAppendedGoesOutInOrder) {
  const int file = ::memfd_create("output", 0);
  Output output(file);
  std::string expected;
  for (int i = 0; i < 100'000; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    expected += line;
    output.buffer() += std::string_view(line);
    output.end_record();
  }
  output.flush();
  EXPECT_EQ(output.error(), 0);
  EXPECT_EQ(all_of(file), expected);
  ::close(file);
}

TEST(Output, MuchGoesOutByItself) {
  const int file = ::memfd_create("output", 0);
  Output output(file);
  output.buffer().append(200'000, 'x');
  EXPECT_TRUE(all_of(file).empty());
  output.end_record();
  EXPECT_EQ(all_of(file).size(), 200'000u);
  EXPECT_TRUE(output.buffer().empty());
  ::close(file);
}

TEST(Output, AHugeRecordDoesNotKeepItsMemory) {
  const int file = ::memfd_create("output", 0);
  Output output(file);
  output.buffer().append(20u << 20, 'x');
  output.end_record();
  EXPECT_LT(output.buffer().capacity(), 1u << 20);
  EXPECT_EQ(all_of(file).size(), 20u << 20);
  ::close(file);
}

TEST(Output, AFullDeviceIsToldOnceAndTheRestIsDropped) {
  const int full = ::open("/dev/full", O_WRONLY);
  Output output(full);
  output.buffer() += "one";
  output.flush();
  EXPECT_EQ(output.error(), ENOSPC);
  EXPECT_TRUE(output.buffer().empty());
  output.buffer() += "two";
  output.flush();
  EXPECT_EQ(output.error(), ENOSPC);
  ::close(full);
}

TEST(Output, AReaderThatWentAwayIsEpipe) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  Output output(ends[1]);
  output.buffer() += "nobody reads this";
  output.flush();
  EXPECT_EQ(output.error(), EPIPE);
  ::close(ends[1]);
}

TEST(Output, TheFirstFailureIsKept) {
  const int closed = ::dup(0);
  ::close(closed);
  Output output(closed);
  output.buffer() += "x";
  output.flush();
  EXPECT_EQ(output.error(), EBADF);
  const int file = ::open("/dev/full", O_WRONLY);  // may take the same number
  output.buffer() += "y";
  output.flush();
  EXPECT_EQ(output.error(), EBADF);
  ::close(file);
}

TEST(Output, APipeThatTakesLittleAtATimeGetsAll) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::size_t got = 0;
  std::thread reader([&] {
    char chunk[1000];
    for (ssize_t size = 0; (size = ::read(ends[0], chunk, sizeof chunk)) > 0;) got += static_cast<std::size_t>(size);
  });
  Output output(ends[1]);
  output.buffer().append(1'000'000, 'x');
  output.flush();
  ::close(ends[1]);
  reader.join();
  ::close(ends[0]);
  EXPECT_EQ(output.error(), 0);
  EXPECT_EQ(got, 1'000'000u);
}

}  // namespace
}  // namespace overhear::testing
