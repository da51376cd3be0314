#include "capture/live_capture.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <pcap/pcap.h>

#include <array>
#include <utility>

namespace overhear {
namespace {

// Packets come in blocks of the kernel's; this is how long it waits for one to fill up.
constexpr int kBlockMilliseconds = 10;

std::string address_text(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address.sa_family == AF_INET) bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  if (address.sa_family == AF_INET6) bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  if (bytes == nullptr || ::inet_ntop(address.sa_family, bytes, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

Error input_error(std::string text) {
  return {ErrorKind::Input, std::move(text)};
}

}  // namespace

struct LiveCapture::Handle {
  explicit Handle(pcap_t* opened) : pcap(opened) {}
  ~Handle() { pcap_close(pcap); }
  Handle(const Handle&) = delete;

  std::string error() const { return pcap_geterr(pcap); }

  pcap_t* pcap;
};

std::expected<std::vector<NetworkInterface>, Error> list_interfaces() {
  std::array<char, PCAP_ERRBUF_SIZE> problem{};
  pcap_if_t* list = nullptr;
  if (pcap_findalldevs(&list, problem.data()) != 0) {
    return std::unexpected(input_error(fmt::format("cannot list the interfaces: {}", problem.data())));
  }
  const std::unique_ptr<pcap_if_t, decltype(&pcap_freealldevs)> owner(list, pcap_freealldevs);
  std::vector<NetworkInterface> interfaces;
  for (const pcap_if_t* device = list; device != nullptr; device = device->next) {
    NetworkInterface& interface = interfaces.emplace_back();
    interface.name = device->name;
    if (device->description != nullptr) interface.description = device->description;
    interface.is_up = (device->flags & PCAP_IF_UP) != 0;
    for (const pcap_addr_t* address = device->addresses; address != nullptr; address = address->next) {
      if (address->addr == nullptr) continue;
      if (std::string text = address_text(*address->addr); !text.empty())
        interface.addresses.push_back(std::move(text));
    }
  }
  return interfaces;
}

LiveCapture::LiveCapture(LiveOptions options, std::unique_ptr<Handle> handle)
    : options_(std::move(options)), handle_(std::move(handle)) {}

LiveCapture::~LiveCapture() = default;

std::expected<std::unique_ptr<LiveCapture>, Error> LiveCapture::open(const LiveOptions& options) {
  const std::string& name = options.interface;
  std::array<char, PCAP_ERRBUF_SIZE> problem{};
  pcap_t* const pcap = pcap_create(options.interface.c_str(), problem.data());
  if (pcap == nullptr) {
    return std::unexpected(input_error(fmt::format("cannot capture from {}: {}", name, problem.data())));
  }
  auto handle = std::make_unique<Handle>(pcap);
  pcap_set_snaplen(pcap, static_cast<int>(options.snap_length));
  pcap_set_promisc(pcap, options.is_promiscuous ? 1 : 0);
  pcap_set_timeout(pcap, kBlockMilliseconds);
  pcap_set_buffer_size(pcap, static_cast<int>(options.buffer_bytes));
  pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
  switch (const int status = pcap_activate(pcap); status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return std::unexpected(
          input_error(fmt::format("there is no interface {} ('overhear interfaces' lists them)", name)));
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return std::unexpected(
          input_error(fmt::format("no permission to capture from {}: run as root, or allow it once with "
                                  "'sudo setcap cap_net_raw,cap_net_admin+ep {}'",
                                  name, "$(command -v overhear)")));
    case PCAP_ERROR_IFACE_NOT_UP: return std::unexpected(input_error(fmt::format("the interface {} is down", name)));
    default:
      if (status >= 0) break;
      return std::unexpected(input_error(fmt::format("cannot capture from {}: {}", name, handle->error())));
  }
  if (!options.filter.empty()) {
    bpf_program program{};
    if (pcap_compile(pcap, &program, options.filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
      return std::unexpected(Error{
          ErrorKind::Usage, fmt::format("the capture filter '{}' is wrong: {}", options.filter, handle->error())});
    }
    const bool is_set = pcap_setfilter(pcap, &program) == 0;
    pcap_freecode(&program);
    if (!is_set) {
      return std::unexpected(input_error(fmt::format("cannot filter on {}: {}", name, handle->error())));
    }
  }
  if (pcap_setnonblock(pcap, 1, problem.data()) != 0) {
    return std::unexpected(input_error(fmt::format("cannot capture from {}: {}", name, problem.data())));
  }
  return std::unique_ptr<LiveCapture>(new LiveCapture(options, std::move(handle)));
}

std::expected<std::uint64_t, Error> LiveCapture::read(const OnPacket& on_packet) {
  struct Call {
    LiveCapture& self;
    const OnPacket& on_packet;
    int link_type;
  } call{*this, on_packet, link_type()};
  const auto forward = [](u_char* user, const pcap_pkthdr* header, const u_char* bytes) {
    auto& [self, handler, type] = *reinterpret_cast<Call*>(user);
    Packet packet;
    packet.number = ++self.packets_;
    packet.time = {header->ts.tv_sec * kSecond + header->ts.tv_usec};  // nanoseconds, as asked for
    packet.link_type = type;
    packet.bytes = {bytes, header->caplen};
    packet.original_length = header->len;
    handler(packet);
  };
  const std::uint64_t before = packets_;
  if (pcap_dispatch(handle_->pcap, -1, forward, reinterpret_cast<u_char*>(&call)) < 0) {
    return std::unexpected(input_error(fmt::format("lost the interface {}: {}", options_.interface, handle_->error())));
  }
  return packets_ - before;
}

int LiveCapture::descriptor() const {
  return pcap_get_selectable_fd(handle_->pcap);
}

int LiveCapture::link_type() const {
  constexpr int kLinkTypeRaw = 101;  // the one DLT_ value of Linux that files have under another number
  const int type = pcap_datalink(handle_->pcap);
  return type == DLT_RAW ? kLinkTypeRaw : type;
}

LiveCapture::Counts LiveCapture::counts() const {
  pcap_stat statistics{};
  if (pcap_stats(handle_->pcap, &statistics) != 0) return {};
  return {statistics.ps_recv, statistics.ps_drop, statistics.ps_ifdrop};
}

}  // namespace overhear
