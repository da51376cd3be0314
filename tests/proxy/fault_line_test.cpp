// What becomes of a stream on a network with faults: what comes out, and when.
#include "proxy/fault_line.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "proxy/slicer.hpp"
#include "tests/proxy/chance.hpp"

namespace overhear::testing {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

const FaultTime kStart = FaultTime(std::chrono::hours(100));

FaultTime at(int ms) {
  return kStart + milliseconds(ms);
}

// What comes out, as "when: what"; a time in ms behind the start.
using Out = std::vector<std::string>;

class Way {
 public:
  explicit Way(std::vector<decltype(Fault::what)> faults, std::uint64_t seed = 1) : line_(plan(faults, seed), kStart) {}

  Way& say(std::string_view bytes, int ms) {
    run(ms);
    line_.push(as_bytes(bytes), at(ms));
    return *this;
  }
  Way& end(int ms) {
    run(ms);
    line_.push_end(at(ms));
    return *this;
  }
  // All that comes until then.
  Way& run(int ms) {
    while (true) {
      const auto next = line_.next();
      if (!next || *next > at(ms)) break;
      const auto step = line_.take(*next);
      if (!step) continue;
      const auto time = std::chrono::duration<double, std::milli>(*next - kStart).count();
      const char* const kinds[] = {"end", "close", "reset"};
      const std::string what = step->ending ? kinds[static_cast<std::size_t>(step->ending->kind)] : step->bytes;
      out_.push_back(fmt_time(time) + ": " + what);
      pieces_.push_back(what);
    }
    return *this;
  }
  const Out& out() {
    run(1'000'000'000);
    return out_;
  }
  const Out& pieces() {
    run(1'000'000'000);
    return pieces_;
  }
  FaultLine& line() { return line_; }

 private:
  static FaultPlan plan(const std::vector<decltype(Fault::what)>& faults, std::uint64_t seed) {
    FaultPlan out{.seed = seed};
    for (const auto& what : faults) out.faults.push_back({.what = what});
    return out;
  }
  static std::string fmt_time(double ms) {
    std::string out = std::to_string(ms);
    out.erase(out.find_last_not_of('0') + 1);
    if (out.ends_with('.')) out.pop_back();
    return out;
  }

  FaultLine line_;
  Out out_;
  Out pieces_;
};

TEST(FaultLine, LatencyDelaysAllOfIt) {
  EXPECT_EQ(Way({fault::Latency{milliseconds(100)}}).say("a", 0).say("b", 30).end(40).out(),
            (Out{"100: a", "130: b", "140: end"}));
}

TEST(FaultLine, JitterStaysAroundLatencyAndKeepsTheOrder) {
  Way way({fault::Latency{milliseconds(100), milliseconds(20)}});
  double least = 1000;
  double most = 0;
  for (int i = 0; i < 200; ++i) way.say("x", i * 1000);
  const Out out = way.out();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double delay = std::stod(out[i]) - 1000.0 * static_cast<double>(i);
    least = std::min(least, delay);
    most = std::max(most, delay);
  }
  EXPECT_GE(least, 80);
  EXPECT_LT(least, 85);
  EXPECT_LE(most, 120);
  EXPECT_GT(most, 115);
  Way fast({fault::Latency{milliseconds(100), milliseconds(100)}});
  for (int i = 0; i < 50; ++i) fast.say(std::string(1, static_cast<char>('0' + i)), i);
  std::string order;
  for (const std::string& piece : fast.pieces()) order += piece;
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(FaultLine, BandwidthLetsThroughSoMuchAMillisecond) {
  EXPECT_EQ(Way({fault::Bandwidth{2}}).say(std::string(500, 'x'), 0).say("ab", 5).say("cd", 1000).end(1000).out(),
            (Out{"100: " + std::string(200, 'x'), "200: " + std::string(200, 'x'), "250: " + std::string(100, 'x'),
                 "251: ab", "1001: cd", "1001: end"}));
}

TEST(FaultLine, SlowCloseDelaysTheEndAlone) {
  EXPECT_EQ(Way({fault::SlowClose{milliseconds(500)}}).say("a", 0).end(10).out(), (Out{"0: a", "510: end"}));
}

TEST(FaultLine, TimeoutLetsNothingThroughAndCloses) {
  EXPECT_EQ(Way({fault::Timeout{milliseconds(500)}}).say("a", 10).say("b", 400).out(), (Out{"500: close"}));
  EXPECT_EQ(Way({fault::Timeout{milliseconds(500)}}).say("a", 10).end(20).out(), (Out{"20: end", "500: close"}));
  Way never({fault::Timeout{}});
  EXPECT_EQ(never.say("a", 10).say("b", 400).out(), (Out{}));
  EXPECT_EQ(never.line().held(), 0u);
  EXPECT_TRUE(never.line().is_empty());
}

TEST(FaultLine, ResetPeerResetsSoLongAfterTheFirstByte) {
  Way way({fault::ResetPeer{milliseconds(50)}});
  EXPECT_EQ(way.say("a", 100).say("b", 120).end(130).out(), (Out{"150: reset"}));
}

TEST(FaultLine, LimitDataClosesBehindTheLastByte) {
  EXPECT_EQ(Way({fault::LimitData{5}}).say("abc", 0).say("defg", 1).say("h", 2).end(3).out(),
            (Out{"0: abc", "1: de", "1: close"}));
  EXPECT_EQ(Way({fault::LimitData{3}}).say("abc", 0).out(), (Out{"0: abc", "0: close"}));
  EXPECT_EQ(Way({fault::LimitData{4}}).say("abc", 0).say("d", 1).out(), (Out{"0: abc", "1: d", "1: close"}));
  EXPECT_EQ(Way({fault::LimitData{0}}).say("abc", 0).out(), (Out{"0: close"}));
  EXPECT_EQ(Way({fault::LimitData{5}}).say("abc", 0).end(3).out(), (Out{"0: abc", "3: end"}));
}

TEST(FaultLine, SlicesComeEachByItselfAndWithItsDelay) {
  EXPECT_EQ(Way({fault::Slicer{.average_size = 3, .delay = microseconds(2000)}}).say("abcdefgh", 0).end(0).out(),
            (Out{"0: abc", "2: def", "4: gh", "4: end"}));
  Way way({fault::Slicer{.average_size = 10, .size_variation = 3}});
  way.say(std::string(10'000, 'x'), 0);
  std::size_t counts[20] = {};
  Out pieces = way.pieces();
  pieces.pop_back();
  for (const std::string& piece : pieces) ++counts[std::min<std::size_t>(piece.size(), 19)];
  for (std::size_t size = 0; size < 20; ++size) EXPECT_EQ(counts[size] > 0, size >= 7 && size <= 13) << size;
}

TEST(FaultLine, FaultsFollowEachOtherAsTheyStand) {
  EXPECT_EQ(Way({fault::Slicer{.average_size = 2}, fault::Bandwidth{1}}).say("abcd", 0).out(), (Out{"2: ab", "4: cd"}));
  EXPECT_EQ(Way({fault::Bandwidth{1}, fault::Slicer{.average_size = 2}}).say("abcd", 0).out(), (Out{"4: ab", "4: cd"}));
  EXPECT_EQ(Way({fault::LimitData{1}, fault::Latency{milliseconds(9)}}).say("ab", 0).out(), (Out{"9: a", "9: close"}));
  EXPECT_EQ(Way({fault::ResetPeer{milliseconds(900)}, fault::Timeout{milliseconds(500)}}).say("a", 0).out(),
            (Out{"500: close"}));
  EXPECT_EQ(Way({fault::SlowClose{milliseconds(100)}, fault::LimitData{9}}).say("a", 0).end(1).out(),
            (Out{"0: a", "101: end"}));
}

TEST(FaultLine, TheWorstPlacesAreCut) {
  const auto worst = fault::Slicer{.is_at_worst = true};
  EXPECT_EQ(Way({worst}).say("{\"a\":\"\\u00e9\"}", 0).pieces(), (Out{"{\"a\":\"\\u00", "e9\"", "}"}));
  // Where none are known, and no size was given.
  Way unknown({worst});
  const Out pieces = unknown.say("\x16\x03\x01" + std::string(1200, 'x'), 0).pieces();
  ASSERT_EQ(pieces.size(), 3u);
  EXPECT_EQ(pieces[1].size(), Slicer::kUnknownSize);
}

TEST(FaultLine, GlueMakesOnePieceOfTwoMessages) {
  const auto glue = fault::Slicer{.glues = true};
  EXPECT_EQ(Way({glue}).say("{1}", 0).say("{2}", 5).say("{3}\n", 6).end(7).out(),
            (Out{"5: {1}{2}", "7: {3}\n", "7: end"}));
  EXPECT_EQ(Way({glue}).say("{1}", 0).say("{2}", 50).out(), (Out{"20: {1}", "70: {2}"}));
  EXPECT_EQ(Way({glue}).say("{1}{2}", 0).say("{3", 1).say("}", 2).say("\n", 3).say("{4", 4).out(),
            (Out{"0: {1}{2}", "1: {3", "4: }\n{4"}));
  EXPECT_EQ(Way({fault::Slicer{.is_at_worst = true, .glues = true}}).say("{1}", 0).say("{2}", 5).out(),
            (Out{"0: {1", "5: }{2", "25: }"}));
  EXPECT_EQ(Way({fault::Latency{milliseconds(100)}, glue}).say("{1}", 0).say("{2}", 10).out(), (Out{"110: {1}{2}"}));
  EXPECT_EQ(Way({fault::Latency{milliseconds(100)}, glue}).say("{1}", 0).say("{2}", 30).out(),
            (Out{"120: {1}", "150: {2}"}));
  EXPECT_EQ(Way({glue}).say("{1}", 0).say("\n", 15).say("{2}", 25).out(), (Out{"20: {1}\n", "45: {2}"}));
  // Of what has no messages nothing waits.
  EXPECT_EQ(Way({glue}).say("\x16\x03\x01", 0).out(), (Out{"0: \x16\x03\x01"}));
}

TEST(FaultLine, HoldsSoMuchAndSaysSo) {
  Way way({fault::Latency{milliseconds(100)}});
  EXPECT_TRUE(way.line().is_empty());
  way.say(std::string(FaultLine::kRoom - 1000, 'x'), 0);
  EXPECT_TRUE(way.line().has_room());
  way.say(std::string(1000, 'x'), 0);
  EXPECT_FALSE(way.line().has_room());
  EXPECT_FALSE(way.line().is_empty());
  way.run(100);
  EXPECT_TRUE(way.line().has_room());
  EXPECT_EQ(way.line().held(), 0u);
  // What small pieces take counts too.
  Way slices({fault::Slicer{.average_size = 1}, fault::Latency{milliseconds(100)}});
  slices.say(std::string(100'000, 'x'), 0);
  EXPECT_FALSE(slices.line().has_room());
  slices.line().discard();
  EXPECT_TRUE(slices.line().is_empty());
  EXPECT_EQ(slices.out(), (Out{}));
}

std::string chat(Chance& chance) {
  std::string out;
  const bool is_prefixed = chance.below(3) == 0;
  for (std::size_t i = 1 + chance.below(9); i > 0; --i) {
    const std::string one = R"({"text":"gr\u00fc\n)" + std::string(chance.below(30), 'x') + "\xc3\xbc\xe2\x82\xac\"}";
    if (is_prefixed) out += std::string("\0\0\0", 3) + static_cast<char>(one.size());
    out += one;
  }
  if (chance.below(4) == 0) chance.change(out);
  return out;
}

fault::Slicer any_slicer(Chance& chance) {
  fault::Slicer out;
  out.average_size = chance.below(3) == 0 ? 0 : 1 + chance.below(20);
  if (out.average_size > 0) out.size_variation = chance.below(out.average_size);
  out.is_at_worst = out.average_size == 0 || chance.below(2) == 0;
  out.delay = microseconds(chance.below(3000));
  return out;
}

// Where the pieces end that were not cut by how the stream came.
std::vector<std::size_t> cuts(const Out& pieces, const std::vector<std::size_t>& arrivals) {
  std::vector<std::size_t> out;
  std::size_t end = 0;
  for (const std::string& piece : pieces) {
    end += piece.size();
    if (std::find(arrivals.begin(), arrivals.end(), end) == arrivals.end()) out.push_back(end);
  }
  return out;
}

TEST(FaultLine, CutsTheSameStreamInTheSamePlacesHoweverItComes) {
  std::size_t differing = 0;
  for (unsigned seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    Chance chance(seed);
    const std::string stream = chat(chance);
    const fault::Slicer slicer = any_slicer(chance);
    Way whole({slicer}, seed);
    const std::vector<std::size_t> expected = cuts(whole.say(stream, 0).pieces(), {});
    Way torn({slicer}, seed);
    std::vector<std::size_t> arrivals;
    int time = 0;
    for (std::size_t begin = 0; begin < stream.size();) {
      const std::size_t size = std::min(1 + chance.below(25), stream.size() - begin);
      torn.say(stream.substr(begin, size), time += static_cast<int>(chance.below(9)));
      arrivals.push_back(begin += size);
    }
    std::vector<std::size_t> without;
    for (const std::size_t cut : expected) {
      if (std::find(arrivals.begin(), arrivals.end(), cut) == arrivals.end()) without.push_back(cut);
    }
    EXPECT_EQ(cuts(torn.pieces(), arrivals), without);
    differing += cuts(Way({slicer}, seed + 1000).say(stream, 0).pieces(), {}) != expected ? 1 : 0;
  }
  EXPECT_GT(differing, 200u);
}

TEST(FaultLine, DelaysTheSameStreamInTheSameWayAgain) {
  const auto run = [](std::uint64_t seed) {
    Way way({fault::Latency{milliseconds(50), milliseconds(40)}, fault::Slicer{.average_size = 9, .size_variation = 5},
             fault::Latency{milliseconds(50), milliseconds(40)}},
            seed);
    for (int i = 0; i < 20; ++i) way.say("message " + std::to_string(i), i * 100);
    return way.end(3000).out();
  };
  EXPECT_EQ(run(3), run(3));
  EXPECT_NE(run(3), run(4));
}

// What one stage hands to the next.
class Exit final : public ByteFlow {
 public:
  void on_bytes(Bytes bytes, FaultTime when) override {
    EXPECT_FALSE(bytes.empty());
    EXPECT_FALSE(is_over);
    check(when);
  }
  void on_ending(Ending ending, FaultTime when) override {
    EXPECT_FALSE(is_over);
    is_over = ending.kind != Ending::Kind::End;
    EXPECT_EQ(ending.by != nullptr, is_over);
    check(when);
  }

  bool is_over = false;

 private:
  void check(FaultTime when) {
    EXPECT_GE(when, last_);
    last_ = when;
  }
  FaultTime last_;
};

TEST(FaultLine, NoStageGoesBackInTimeOrBeyondTheEndOfTheConnection) {
  const std::vector<decltype(Fault::what)> faults{
      fault::Latency{milliseconds(50), milliseconds(50)},
      fault::Bandwidth{1},
      fault::SlowClose{milliseconds(50)},
      fault::Timeout{milliseconds(700)},
      fault::ResetPeer{milliseconds(50)},
      fault::Slicer{.average_size = 3, .delay = microseconds(9000), .glues = true},
      fault::LimitData{100}};
  for (const auto& what : faults) {
    const Fault fault{.what = what};
    Exit exit;
    const auto stage = make_stage(fault, Dice({1}), exit, kStart);
    for (int i = 0; i < 50; ++i) {
      stage->on_bytes(as_bytes(std::string_view("{\"some\":1}")), at(i * 10));
      if (const auto next = stage->next(); next && *next <= at(i * 10 + 5)) stage->on_time(at(i * 10 + 5));
    }
    stage->on_ending({}, at(500));
    if (stage->next()) stage->on_time(at(10'000));
    EXPECT_EQ(stage->next(), std::nullopt);
    EXPECT_EQ(stage->held(), 0u);
  }
}

// What only delays and cuts loses nothing, changes nothing, and moves nothing.
TEST(FaultLine, AllComesOutInOrderWhateverTheDelaysAndCuts) {
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    SCOPED_TRACE(seed);
    Chance chance(seed);
    std::vector<decltype(Fault::what)> faults;
    for (std::size_t i = 1 + chance.below(4); i > 0; --i) {
      const auto ms = [&chance] { return milliseconds(chance.below(60)); };
      switch (chance.below(5)) {
        case 0: faults.emplace_back(fault::Latency{ms(), ms()}); break;
        case 1: faults.emplace_back(fault::Bandwidth{1 + chance.below(50)}); break;
        case 2: faults.emplace_back(fault::SlowClose{ms()}); break;
        case 3: faults.emplace_back(any_slicer(chance)); break;
        default: {
          fault::Slicer glue = any_slicer(chance);
          glue.glues = true;
          faults.emplace_back(glue);
        }
      }
    }
    Way way(faults, seed);
    std::string said;
    int time = 0;
    for (std::size_t i = 1 + chance.below(12); i > 0; --i) {
      const std::string part = chance.below(4) == 0 ? chance.bytes(1 + chance.below(400)) : chat(chance);
      way.say(part, time += static_cast<int>(chance.below(40)));
      said += part;
    }
    Out pieces = way.end(time).pieces();
    ASSERT_FALSE(pieces.empty());
    EXPECT_EQ(pieces.back(), "end");
    pieces.pop_back();
    std::string got;
    for (const std::string& piece : pieces) {
      EXPECT_FALSE(piece.empty());
      got += piece;
    }
    EXPECT_EQ(got, said);
    EXPECT_TRUE(way.line().is_empty());
    double last = 0;
    for (const std::string& one : way.out()) {
      EXPECT_GE(std::stod(one), last);
      last = std::stod(one);
    }
  }
}

}  // namespace
}  // namespace overhear::testing
