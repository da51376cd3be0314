// What is known per connection does not depend on who computes it: half of the connections on one thread and half on
// another give, put together, the records of all on one.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "capture/capture_file.hpp"
#include "capture/packet_decoder.hpp"
#include "capture/reassembly.hpp"
#include "decrypt/key_store.hpp"
#include "session/analyzer.hpp"
#include "session/export/ndjson_exporter.hpp"

namespace overhear::testing {
namespace {

namespace fs = std::filesystem;

class Nobody final : public StreamConsumer {
 public:
  void on_bytes(Side, Bytes, const Stamp&) override {}
  void on_gap(Side, std::uint64_t, const Stamp&) override {}
  void on_end(Side, const Stamp&) override {}
  void on_closed(CloseReason, const Stamp&) override {}
  void on_finding(std::optional<Side>, Finding&, const Stamp&) override {}
};

// Counts all sessions, and has those whose number leaves `rest` when divided by `shards`.
class Shard final : public ConnectionSink, private CaptureEvents {
 public:
  Shard(unsigned rest, unsigned shards) : rest_(rest), shards_(shards) {}
  ~Shard() override { ::close(descriptor_); }

  std::unique_ptr<StreamConsumer> on_opened(const Connection& connection, const Stamp& at) override {
    auto session = analyzer_.on_opened(connection, at);
    if (analyzer_.sessions() % shards_ == rest_) return session;
    return std::make_unique<Nobody>();
  }
  void on_finding(Finding& finding, const Stamp& at) override { analyzer_.on_finding(finding, at); }

  void run(const fs::path& capture) {
    KeyLogProblems problems;
    const fs::path keys = fs::path(capture).replace_extension(".keylog");
    if (fs::exists(keys)) {
      EXPECT_TRUE(keys_.load_file(keys.string(), problems));
    }
    auto file = open_capture_file(capture.string(), *this, options_.limits);
    ASSERT_TRUE(file);
    Reassembler reassembler(*this, options_.limits);
    PacketDecoder decoder(options_.limits, [this](Finding& finding, const Stamp& at) { on_finding(finding, at); });
    Packet packet;
    Stamp last;
    while (*(*file)->next(packet)) {
      last = {packet.time, packet.number};
      if (const auto segment = decoder.decode(packet)) reassembler.feed(*segment);
    }
    decoder.finish();
    reassembler.finish(last);
    output_.flush();
  }

  // By session, those that are this shard's.
  std::map<std::uint64_t, std::vector<std::string>> lines() const {
    std::string all(static_cast<std::size_t>(::lseek(descriptor_, 0, SEEK_END)), '\0');
    EXPECT_EQ(::pread(descriptor_, all.data(), all.size(), 0), static_cast<ssize_t>(all.size()));
    std::map<std::uint64_t, std::vector<std::string>> out;
    std::istringstream in(all);
    for (std::string line; std::getline(in, line);) {
      const auto record = nlohmann::json::parse(line);
      const std::uint64_t session = record.value("session", std::uint64_t{0});
      if (session % shards_ == rest_) out[session].push_back(line);
    }
    return out;
  }

 private:
  void on_secrets(std::uint32_t, Bytes) override {}

  unsigned rest_;
  unsigned shards_;
  AnalysisOptions options_;
  KeyStore keys_{options_.limits};
  int descriptor_ = ::memfd_create("records", 0);
  Output output_{descriptor_};
  NdjsonExporter exporter_{output_, "capture", true};
  Analyzer analyzer_{options_, &keys_, exporter_};
};

TEST(Shards, OnTwoThreadsGiveTheRecordsOfOne) {
  std::size_t sessions = 0;
  for (const auto& entry : fs::directory_iterator(OVERHEAR_SAMPLES)) {
    if (entry.path().extension() != ".pcapng") continue;
    Shard whole(0, 1);
    whole.run(entry.path());
    Shard even(0, 2);
    Shard odd(1, 2);
    std::thread one([&] { even.run(entry.path()); });
    std::thread two([&] { odd.run(entry.path()); });
    one.join();
    two.join();
    auto together = even.lines();
    together.merge(odd.lines());
    EXPECT_EQ(together, whole.lines()) << entry.path();
    sessions += whole.lines().size();
  }
  EXPECT_GT(sessions, 30u);
}

}  // namespace
}  // namespace overhear::testing
