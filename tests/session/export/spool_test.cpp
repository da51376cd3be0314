#include "session/export/spool.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <string>

namespace overhear::testing {
namespace {

std::string drained(Spool& spool, bool expect_whole = true) {
  const int file = ::memfd_create("spool", 0);
  Output output(file);
  EXPECT_EQ(spool.drain(output), expect_whole);
  output.flush();
  std::string out(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
  ::lseek(file, 0, SEEK_SET);
  EXPECT_EQ(::read(file, out.data(), out.size()), static_cast<ssize_t>(out.size()));
  ::close(file);
  return out;
}

void add(Spool& spool, std::string_view object) {
  spool.begin_object() += object;
  spool.end_object();
}

TEST(Spool, NothingIsNothing) {
  Spool spool;
  EXPECT_EQ(drained(spool), "");
}

TEST(Spool, ObjectsComeBackWithCommasBetween) {
  Spool spool;
  add(spool, "{1}");
  add(spool, "{2}");
  EXPECT_EQ(drained(spool), "{1},\n{2}");
}

TEST(Spool, BeyondItsMemoryObjectsComeBackInOrder) {
  Spool spool;
  std::string expected;
  for (int i = 0; i < 30'000; ++i) {
    const std::string object = "{\"number\":" + std::to_string(i) + ",\"text\":\"" + std::string(100, 'x') + "\"}";
    add(spool, object);
    expected += expected.empty() ? object : ",\n" + object;
  }
  ASSERT_GT(expected.size(), 3u << 20);
  EXPECT_TRUE(drained(spool) == expected);
}

TEST(Spool, ADiskWithoutRoomIsSaid) {
  // The temporary file may not grow: what a full disk does, without filling one.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit none{.rlim_cur = 4096, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
  Spool spool;
  for (int i = 0; i < 30'000; ++i) add(spool, std::string(100, 'x'));
  const int sink = ::open("/dev/null", O_WRONLY);
  Output output(sink);
  const bool is_whole = spool.drain(output);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::close(sink);
  EXPECT_FALSE(is_whole);
}

}  // namespace
}  // namespace overhear::testing
