#include "capture/merged_capture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "capture/pcapng_reader.hpp"

namespace overhear {
namespace {

// What the merge has told so far.
struct Told {
  std::uint64_t number = 0;  // of the last packet
  std::uint32_t interfaces = 0;
};

// One of the files. What it says is passed on as something about the whole.
class Input final : private CaptureEvents {
 public:
  Input(CaptureEvents& events, Told& told, std::size_t index, const std::string& path)
      : events_(events),
        told_(told),
        index_(index),
        name_(path == "-" ? "standard input" : path.substr(path.rfind('/') + 1)) {}

  std::expected<void, Error> open(const std::string& path, const Limits& limits) {
    auto file = open_capture_file(path, *this, limits);
    if (!file) return std::unexpected(std::move(file.error()));
    file_ = std::move(*file);
    return {};
  }

  const CaptureFile& file() const { return *file_; }
  // What its next packet is handed out by.
  std::pair<Timestamp, std::size_t> turn() const { return {head_.time, index_}; }

  std::expected<bool, Error> read_on() {
    auto got = file_->next(head_);
    if (!got || !*got) return got;
    // Records that are damaged keep their numbers in the whole, too.
    told_.number += head_.number - number_ - 1;
    number_ = head_.number;
    return true;
  }

  void hand_out(Packet& packet) const {
    packet = head_;
    packet.number = ++told_.number;
    const std::size_t interface = head_.interface % kMostInterfaces;
    packet.interface = interface < interfaces_.size() ? interfaces_[interface] : kNotDescribed;
  }

 private:
  // No packet is of an interface that was described before so many others: that was in a former section.
  static constexpr std::size_t kMostInterfaces = PcapngReader::kMostInterfaces;
  static constexpr std::uint32_t kNotDescribed = UINT32_MAX;

  // CaptureEvents
  void on_finding(Finding& finding, const Stamp& at) override {
    finding.text = fmt::format("{}: {}", name_, finding.message());
    events_.on_finding(finding, {at.time, told_.number + at.packet - number_});
  }
  void on_expiry() override { events_.on_expiry(); }
  void on_secrets(std::uint32_t type, Bytes secrets) override { events_.on_secrets(type, secrets); }
  void on_interface(const InterfaceDescription& interface) override {
    if (interfaces_.size() < kMostInterfaces) interfaces_.push_back(0);
    interfaces_[described_++ % kMostInterfaces] = told_.interfaces++;
    events_.on_interface(interface);
  }

  CaptureEvents& events_;
  Told& told_;
  std::size_t index_;
  std::string name_;
  std::unique_ptr<CaptureFile> file_;
  Packet head_;
  std::uint64_t number_ = 0;               // of the last packet, in the file
  std::vector<std::uint32_t> interfaces_;  // what their numbers are in the whole
  std::size_t described_ = 0;
};

class MergedCapture final : public CaptureFile {
 public:
  explicit MergedCapture(CaptureEvents& events) : events_(events) {}

  std::expected<void, Error> open(std::span<const std::string> paths, const Limits& limits) {
    for (const std::string& path : paths) {
      inputs_.push_back(std::make_unique<Input>(events_, told_, inputs_.size(), path));
      due_.push_back(inputs_.back().get());
      if (auto opened = inputs_.back()->open(path, limits); !opened) return opened;
    }
    return {};
  }

  std::expected<bool, Error> next(Packet& packet) override {
    for (Input* const input : due_) read_on(*input);
    due_.clear();
    if (ready_.empty()) return error_ ? std::expected<bool, Error>(std::unexpected(*error_)) : false;
    due_.push_back(ready_.top());
    ready_.pop();
    due_.back()->hand_out(packet);
    return true;
  }

  std::uint64_t bytes_read() const override {
    std::uint64_t bytes = 0;
    for (const auto& input : inputs_) bytes += input->file().bytes_read();
    return bytes;
  }

  std::uint64_t size() const override {
    std::uint64_t bytes = 0;
    for (const auto& input : inputs_) {
      if (input->file().size() == 0) return 0;
      bytes += input->file().size();
    }
    return bytes;
  }

  std::string_view format() const override {
    const auto is_pcapng = [](const auto& input) { return input->file().format() == "pcapng"; };
    return std::ranges::any_of(inputs_, is_pcapng) ? "pcapng" : "pcap";
  }

 private:
  struct IsLater {
    bool operator()(const Input* a, const Input* b) const { return a->turn() > b->turn(); }
  };

  void read_on(Input& input) {
    const auto got = input.read_on();
    if (!got && !error_) error_ = got.error();
    if (got && *got) ready_.push(&input);
  }

  CaptureEvents& events_;
  Told told_;
  std::vector<std::unique_ptr<Input>> inputs_;
  std::vector<Input*> due_;  // whose packet was handed out, and stays there until the next call
  std::priority_queue<Input*, std::vector<Input*>, IsLater> ready_;  // those with a packet
  std::optional<Error> error_;
};

}  // namespace

std::expected<std::unique_ptr<CaptureFile>, Error> open_captures(std::span<const std::string> paths,
                                                                 CaptureEvents& events, const Limits& limits,
                                                                 std::function<bool()> wait_for_more) {
  assert(!paths.empty() && (paths.size() == 1 || !wait_for_more));
  if (paths.size() == 1) return open_capture_file(paths.front(), events, limits, std::move(wait_for_more));
  auto merged = std::make_unique<MergedCapture>(events);
  if (auto opened = merged->open(paths, limits); !opened) return std::unexpected(std::move(opened.error()));
  return merged;
}

}  // namespace overhear
