#include "bench/generator/generate.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <utility>

#include "bench/generator/capture_file.hpp"
#include "bench/generator/packet_writer.hpp"

namespace overhear::bench {
namespace {

constexpr std::uint32_t kSmallestRoom = 2;
constexpr std::uint32_t kLargestRoom = 6;

struct RoomPlan {
  std::uint64_t first_connection;
  std::uint32_t members;
};

std::vector<RoomPlan> plan_rooms(std::uint64_t connections, Random random) {
  std::vector<RoomPlan> plans;
  for (std::uint64_t first = 0; first < connections;) {
    const std::uint64_t members =
        std::min<std::uint64_t>(random.between(kSmallestRoom, kLargestRoom), connections - first);
    plans.push_back({first, static_cast<std::uint32_t>(members)});
    first += members;
  }
  return plans;
}

// The rooms that are open at a time. One that has said its share makes place for the next.
class Rooms {
 public:
  Rooms(const Options& options, PacketWriter& packets, std::FILE* payloads)
      : options_(options),
        packets_(packets),
        payloads_(payloads),
        random_(options.seed),
        plans_(plan_rooms(options.connections, random_.fork(1))) {
    const std::uint64_t concurrent = options.concurrent == 0 ? options.connections : options.concurrent;
    while (next_plan_ < plans_.size() && plans_[next_plan_].first_connection < concurrent) ++next_plan_;
    open_.resize(next_plan_);
  }

  // A step of any room. Returns how many messages were said (0 or 1).
  unsigned step() {
    const std::size_t slot = random_.below(static_cast<std::uint32_t>(open_.size()));
    std::unique_ptr<Room>& room = open_[slot];
    if (!room) room = make_room(slot);
    const unsigned said = room->step();
    const std::uint64_t share = room->members() * options_.messages / options_.connections;
    if (next_plan_ < plans_.size() && room->said() >= std::max<std::uint64_t>(share, 1)) {
      room->finish();
      room = make_room(next_plan_++);
    }
    return said;
  }

  void finish() {
    for (const auto& room : open_) {
      if (room) room->finish();
    }
  }

 private:
  std::unique_ptr<Room> make_room(std::size_t number) const {
    const RoomPlan& plan = plans_[number];
    const Protocol& protocol = *options_.protocols[number % options_.protocols.size()];
    RoomSetup setup{options_.setting, number, plan.members, Random(options_.seed).fork(1000 + number)};
    return std::make_unique<Room>(protocol, setup, plan.first_connection, options_.room, packets_, payloads_);
  }

  const Options& options_;
  PacketWriter& packets_;
  std::FILE* payloads_;
  Random random_;
  std::vector<RoomPlan> plans_;
  std::size_t next_plan_ = 0;
  std::vector<std::unique_ptr<Room>> open_;  // null: not yet begun
};

std::expected<File, Error> open_if_named(const std::string& path) {
  if (path.empty()) return File();
  return open_output(path);
}

}  // namespace

std::expected<Summary, Error> generate(Options options) {
  auto capture = CaptureFile::open(options.out);
  if (!capture) return std::unexpected(std::move(capture.error()));
  auto payloads = open_if_named(options.payloads);
  if (!payloads) return std::unexpected(std::move(payloads.error()));
  auto key_log = open_if_named(options.key_log);
  if (!key_log) return std::unexpected(std::move(key_log.error()));
  if (*key_log) {
    // As real key logs should be; what cannot be restricted (a pipe) is no reason to stop.
    std::error_code ignored;
    std::filesystem::permissions(options.key_log,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
    options.setting.key_log = key_log->get();
  }

  PacketWriter packets(*capture, Random(options.seed).fork(2));
  Rooms rooms(options, packets, payloads->get());
  Summary summary;
  while (summary.messages < options.messages) summary.messages += rooms.step();
  rooms.finish();

  summary.packets = capture->packets();
  summary.bytes = capture->bytes();
  if (auto done = capture->finish(); !done) return std::unexpected(std::move(done.error()));
  for (const auto& [file, path] : {std::pair(&*payloads, &options.payloads), std::pair(&*key_log, &options.key_log)}) {
    if (!*file) continue;
    if (auto done = finish_output(*file, *path); !done) return std::unexpected(std::move(done.error()));
  }
  return summary;
}

}  // namespace overhear::bench
