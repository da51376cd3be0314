// On the loopback interface, where this user may capture from it.
#include "session/live_analysis.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/capture/loopback_socket.hpp"
#include "tests/session/scene.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kRoom = 4u << 20;

// Stops the capture when it is asked for the `patience`th time whether to go on, or has failed from the beginning.
struct ScriptedHost final : LiveHost {
  int patience = 1;
  bool is_gone = false;
  int flushes = 0;
  std::vector<std::string> told;

  bool has_failed() const override { return is_gone; }
  void flush() override { ++flushes; }
  void tell(const Error& error) override { told.push_back(error.message); }
  LiveWait wait(int, int) override { return --patience <= 0 ? LiveWait::Stopped : LiveWait::Over; }
};

class LiveAnalysisTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto live = LiveCapture::open({.interface = "lo", .filter = fmt::format("udp port {}", socket_.port())});
    if (!live) GTEST_SKIP() << "no permission to capture from lo";
    live_ = std::move(*live);
  }

  std::optional<Error> run(const std::vector<std::string>& key_logs = {}) {
    CaptureThread capture(*live_, {}, {}, kRoom);
    for (int i = 0; i < 10; ++i) socket_.send("one of ten");
    return LiveAnalysis(capture, analysis_, host_, key_logs).run();
  }

  LoopbackSocket socket_;
  std::unique_ptr<LiveCapture> live_;
  Scene heard_;
  Analysis analysis_{{}, heard_};
  ScriptedHost host_;
};

TEST_F(LiveAnalysisTest, LooksAtAllThatCameUntilItsHostEndsIt) {
  EXPECT_FALSE(run().has_value());
  EXPECT_EQ(analysis_.packets(), 10u);
  EXPECT_GT(host_.flushes, 0);
}

TEST_F(LiveAnalysisTest, TellsItsHostOfAKeyLogThatCannotBeReadAndGoesOn) {
  const std::string folder = ::testing::TempDir();
  EXPECT_FALSE(run({"/nowhere/is.keylog", folder}).has_value());
  EXPECT_THAT(host_.told, ElementsAre(HasSubstr(folder)));
  EXPECT_EQ(analysis_.packets(), 10u);
}

TEST_F(LiveAnalysisTest, LooksAtNothingWhereNobodyTakesIt) {
  host_.is_gone = true;
  EXPECT_FALSE(run().has_value());
  EXPECT_EQ(analysis_.packets(), 0u);
  EXPECT_EQ(host_.flushes, 0);
}

}  // namespace
}  // namespace overhear::testing
