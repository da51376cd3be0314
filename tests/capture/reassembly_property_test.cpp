// What holds for every stream, tried on many made from a seed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "capture/reassembly.hpp"
#include "segment_script.hpp"

namespace overhear::test {
namespace {

using ::testing::IsEmpty;

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  // 0 to `bound` - 1. The remainder and not a distribution: those differ from library to library.
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(bound));
  }
  bool one_in(std::int64_t n) { return below(n) == 0; }
  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1], values[static_cast<std::size_t>(below(static_cast<std::int64_t>(i)))]);
    }
  }

 private:
  std::mt19937_64 engine_;
};

// No two stretches of eight bytes are alike, so a byte in the wrong place shows.
std::string text_of(std::int64_t size, std::uint64_t seed) {
  std::mt19937_64 engine(seed ^ 0xC0FFEE);
  std::string text(static_cast<std::size_t>(size), '\0');
  for (char& c : text) c = static_cast<char>('a' + engine() % 26);
  return text;
}

struct Piece {
  std::int64_t offset;
  std::int64_t size;
};

// Pieces that cover everything, with overlaps and copies.
std::vector<Piece> cut(std::int64_t size, Random& random) {
  std::vector<Piece> pieces;
  for (std::int64_t at = 0; at < size;) {
    const std::int64_t piece = std::min(size - at, 1 + random.below(random.one_in(3) ? 3 : 120));
    const std::int64_t before = random.one_in(3) ? random.below(at + 1) % 50 : 0;
    pieces.push_back({at - before, piece + before});
    if (random.one_in(5)) pieces.push_back(pieces.back());
    at += piece;
  }
  return pieces;
}

constexpr std::uint64_t kSeeds = 300;

TEST(ReassemblyProperty, AnyOrderOfAnyPiecesGivesTheSameBytes) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random(seed);
    const std::string text = text_of(1 + random.below(5000), seed);
    std::vector<Piece> pieces = cut(static_cast<std::int64_t>(text.size()), random);
    random.shuffle(pieces);

    Script script;
    script.set_isn('A', static_cast<std::uint32_t>(-random.below(6000)));
    script.set_isn('B', static_cast<std::uint32_t>(random.below(1LL << 32)));
    script.handshake();
    for (const Piece& piece : pieces) {
      script.feed(script.segment(
          'A', piece.offset,
          std::string_view(text).substr(static_cast<std::size_t>(piece.offset), static_cast<std::size_t>(piece.size))));
    }
    ASSERT_EQ(script.recorder.sessions[0]->streams[0].bytes, text) << "seed " << seed;
    ASSERT_THAT(script.recorder.findings(), IsEmpty()) << "seed " << seed;
    ASSERT_EQ(script.reassembler.waiting_bytes(), 0u) << "seed " << seed;
  }
}

TEST(ReassemblyProperty, EveryInitialNumberAroundTheWrapGivesTheSameEvents) {
  std::vector<std::string> expected;
  for (std::int64_t back = 60; back >= -5; --back) {
    Script script;
    script.set_isn('A', static_cast<std::uint32_t>(-back));
    script.set_isn('B', static_cast<std::uint32_t>(-back + 3));
    script.handshake().run(R"(
      A "0123456789"
      A @14 "efghij"
      A @13 "defg"
      B ack 10 "first"
      A @10 ack 5 "abc"
      B ack 20
      A @19 "?"
      A @22 "wxyz"
      A @30 "later"
      B ack 35
      wait 1000
      A @20 "uv"
      A @35 ack 5 fin
      B ack 36 fin
      A ack 6)");
    if (expected.empty()) expected = script.lines();
    ASSERT_EQ(script.lines(), expected) << "ISN -" << back;
  }
  ASSERT_EQ(expected.back(), "closed fin");
}

// Follows one stream by its offset: what is delivered has to be the text there, whatever is missing before it.
class Follower final : public ConnectionSink {
 public:
  explicit Follower(std::string_view text) : text_(text) {}

  std::unique_ptr<StreamConsumer> on_opened(const Connection&, const Stamp&) override {
    ++opened;
    return std::make_unique<Consumer>(*this);
  }
  void on_finding(Finding& finding, const Stamp&) override { add(finding); }

  int opened = 0;
  int closed = 0;
  std::uint64_t delivered = 0;
  std::uint64_t missing = 0;
  std::uint64_t reported = 0;  // by tcp.gap
  bool is_faithful = true;

 private:
  class Consumer final : public StreamConsumer {
   public:
    explicit Consumer(Follower& follower) : follower_(follower) {}
    void on_bytes(Side from, Bytes bytes, const Stamp&) override {
      if (from != Side::First) return;
      const std::uint64_t at = follower_.delivered + follower_.missing;
      if (at + bytes.size() > follower_.text_.size() || follower_.text_.substr(at, bytes.size()) != as_text(bytes)) {
        follower_.is_faithful = false;
      }
      follower_.delivered += bytes.size();
    }
    void on_gap(Side from, std::uint64_t bytes, const Stamp&) override {
      if (from == Side::First) follower_.missing += bytes;
    }
    void on_end(Side, const Stamp&) override {}
    void on_closed(CloseReason, const Stamp&) override { ++follower_.closed; }
    void on_finding(std::optional<Side>, Finding& finding, const Stamp&) override { follower_.add(finding); }

   private:
    Follower& follower_;
  };

  void add(const Finding& finding) {
    if (finding.rule->code == "tcp.gap") reported += finding.bytes.value();
  }

  std::string_view text_;
};

TEST(ReassemblyProperty, DeliveredAndMissingBytesAddUpToWhatThePeerAcknowledged) {
  std::uint64_t all_missing = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random(seed);
    const std::string text = text_of(1 + random.below(8000), seed);
    const auto size = static_cast<std::int64_t>(text.size());
    std::vector<Piece> pieces = cut(size, random);
    // Late by a few places each, as in a real capture.
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
      if (random.one_in(4))
        std::swap(pieces[i], pieces[std::min(pieces.size() - 1, i + 1 + static_cast<std::size_t>(random.below(5)))]);
    }

    Script script;  // makes the segments; the follower has a Reassembler of its own
    script.set_isn('A', static_cast<std::uint32_t>(-random.below(10'000)));
    Follower follower(text);
    Reassembler reassembler(follower, Limits{});
    Timestamp time{};
    std::uint64_t packet = 0;
    const auto feed = [&](TcpSegment segment) {
      time.ns += random.below(40'000'000);
      segment.at = {time, ++packet};
      reassembler.feed(segment);
    };
    feed(script.segment('A', 0, "", TcpFlags::kSyn));
    feed(script.segment('B', 0, "", TcpFlags::kSyn | TcpFlags::kAck));
    std::int64_t sent = 0;
    for (const Piece& piece : pieces) {
      sent = std::max(sent, piece.offset + piece.size);
      if (random.one_in(5)) continue;  // not captured
      TcpSegment segment = script.segment(
          'A', piece.offset,
          std::string_view(text).substr(static_cast<std::size_t>(piece.offset), static_cast<std::size_t>(piece.size)));
      if (random.one_in(6)) {
        segment.missing_tail = static_cast<std::uint32_t>(random.below(piece.size + 1));
        segment.payload = segment.payload.first(segment.payload.size() - segment.missing_tail);
      }
      feed(segment);
      if (random.one_in(3)) {
        script.set_ack('B', sent);
        feed(script.segment('B', 0, ""));
      }
    }
    script.set_ack('B', size);
    feed(script.segment('B', 0, ""));
    switch (random.below(4)) {
      case 0: feed(script.segment('A', size, "", TcpFlags::kFin | TcpFlags::kAck)); break;
      case 1: feed(script.segment('A', size, "", TcpFlags::kRst)); break;
      case 2: feed(script.segment('B', 0, "", TcpFlags::kRst | TcpFlags::kAck)); break;
      default: break;
    }
    reassembler.finish({time, packet});

    ASSERT_TRUE(follower.is_faithful) << "seed " << seed;
    ASSERT_EQ(follower.delivered + follower.missing, text.size()) << "seed " << seed;
    ASSERT_EQ(follower.reported, follower.missing) << "seed " << seed;
    ASSERT_EQ(follower.opened, 1) << "seed " << seed;
    ASSERT_EQ(follower.closed, 1) << "seed " << seed;
    ASSERT_EQ(reassembler.waiting_bytes(), 0u) << "seed " << seed;
    all_missing += follower.missing;
  }
  EXPECT_GT(all_missing, 10'000u);  // the property was not tried on whole streams only
}

TEST(ReassemblyProperty, BytesOfSeveralVersionsAreEachDeliveredOnce) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random(seed);
    const std::int64_t size = 1 + random.below(600);
    std::vector<Piece> pieces = cut(size, random);
    random.shuffle(pieces);
    Script script;
    script.handshake();
    std::vector<char> first(static_cast<std::size_t>(size), '\0');
    char version = 'a';
    for (const Piece& piece : pieces) {
      version = version == 'z' ? 'a' : static_cast<char>(version + 1);
      const std::string payload(static_cast<std::size_t>(piece.size), version);
      for (std::int64_t i = piece.offset; i < piece.offset + piece.size; ++i) {
        char& byte = first[static_cast<std::size_t>(i)];
        if (byte == '\0') byte = version;
      }
      script.feed(script.segment('A', piece.offset, payload));
    }
    ASSERT_EQ(script.recorder.sessions[0]->streams[0].bytes, std::string(first.begin(), first.end())) << seed;
  }
}

// Anything at all, on two endpoints: what the Recorder throws at (events after a close, two closes) does not happen,
// nothing stays behind, and the same input gives the same output.
TEST(ReassemblyProperty, AnythingAtAllGivesWellFormedEventsAndTheSameTwice) {
  const std::string noise = text_of(4000, 1);
  std::size_t sessions = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    std::vector<std::string> lines[2];
    for (auto& result : lines) {
      Random random(seed);
      Limits limits;
      limits.hole_bytes = 4'000;
      limits.reassembly_bytes = 6'000;
      limits.connections = 3;
      Script script(limits);
      script.set_isn('A', static_cast<std::uint32_t>(random.below(1LL << 32)));
      for (int i = 0; i < 400; ++i) {
        const char side = random.one_in(2) ? 'A' : 'B';
        if (random.one_in(60)) script.set_isn(side, static_cast<std::uint32_t>(random.below(1LL << 32)));
        script.set_ack(side, random.one_in(20) ? random.below(1LL << 32) : random.below(2'000));
        const std::int64_t offset = random.one_in(30) ? random.below(1LL << 32) : random.below(2'000) - 2;
        const auto size = static_cast<std::size_t>(random.one_in(4) ? 0 : random.below(90));
        std::uint8_t flags = TcpFlags::kAck;
        if (random.one_in(12)) flags |= TcpFlags::kSyn;
        if (random.one_in(25)) flags |= TcpFlags::kFin;
        if (random.one_in(60)) flags |= TcpFlags::kRst;
        if (random.one_in(8)) flags &= static_cast<std::uint8_t>(~TcpFlags::kAck);
        TcpSegment segment = script.segment(
            side, offset, std::string_view(noise).substr(static_cast<std::size_t>(random.below(3'000)), size), flags);
        if (random.one_in(10)) segment.missing_tail = static_cast<std::uint32_t>(random.below(40));
        const auto port = static_cast<std::uint16_t>(random.below(6));
        (side == 'A' ? segment.destination.port : segment.source.port) = port;
        script.time.ns += random.one_in(30) ? kSecond : 0;
        ASSERT_NO_THROW(script.feed(segment)) << "seed " << seed;
        ASSERT_LE(script.reassembler.waiting_bytes(), limits.reassembly_bytes);
        ASSERT_LE(script.reassembler.open_connections(), limits.connections);
      }
      ASSERT_NO_THROW(script.run("finish")) << "seed " << seed;
      ASSERT_EQ(script.reassembler.waiting_bytes(), 0u);
      ASSERT_EQ(script.reassembler.open_connections(), 0u);
      for (const auto& session : script.recorder.sessions) ASSERT_TRUE(session->closed.has_value());
      result = script.lines();
      sessions += script.recorder.sessions.size();
    }
    ASSERT_EQ(lines[0], lines[1]) << "seed " << seed;
  }
  EXPECT_GT(sessions, kSeeds * 4);
}

}  // namespace
}  // namespace overhear::test
