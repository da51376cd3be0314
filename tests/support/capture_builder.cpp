#include "tests/support/capture_builder.hpp"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace overhear::testing {

namespace {

void put(Buffer& out, std::uint64_t value, std::size_t width, bool is_big_endian) {
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t shift = 8 * (is_big_endian ? width - 1 - i : i);
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

void put16(Buffer& out, std::uint64_t value) {
  put(out, value, 2, true);
}
void put32(Buffer& out, std::uint64_t value) {
  put(out, value, 4, true);
}

void pad(Buffer& out, std::size_t unit) {
  while (out.size() % unit != 0) out.push_back(0);
}

void set16(Buffer& bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

// RFC 1071.
std::uint16_t checksum(const Buffer& bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? bytes[i] * 256u : bytes[i];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

Buffer address_bytes(const Address& address) {
  return {address.bytes.begin(), address.bytes.begin() + (address.is_v6 ? 16 : 4)};
}

}  // namespace

Buffer from_hex(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return std::isxdigit(c) != 0; });
  Buffer out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  }
  return out;
}

Buffer from_text(std::string_view text) {
  return {text.begin(), text.end()};
}

Buffer operator+(Buffer a, const Buffer& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Endpoint endpoint(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) throw std::invalid_argument(text);
  Endpoint out;
  out.port = static_cast<std::uint16_t>(std::stoul(text.substr(colon + 1)));
  out.address.is_v6 = text.starts_with('[');
  const std::string host = out.address.is_v6 ? text.substr(1, colon - 2) : text.substr(0, colon);
  if (inet_pton(out.address.is_v6 ? AF_INET6 : AF_INET, host.c_str(), out.address.bytes.data()) != 1) {
    throw std::invalid_argument(text);
  }
  return out;
}

Buffer tcp_segment(const TcpPacket& tcp) {
  const Endpoint source = endpoint(tcp.source);
  const Endpoint destination = endpoint(tcp.destination);
  Buffer options = tcp.options;
  pad(options, 4);
  Buffer out;
  put16(out, source.port);
  put16(out, destination.port);
  put32(out, tcp.sequence);
  put32(out, tcp.acknowledgment);
  out.push_back(static_cast<std::uint8_t>((5 + options.size() / 4) << 4));
  out.push_back(tcp.flags);
  put16(out, tcp.window);
  put32(out, 0);  // checksum, urgent pointer
  out = out + options + from_text(tcp.payload);
  Buffer pseudo = address_bytes(source.address) + address_bytes(destination.address);
  put32(pseudo, out.size());
  put32(pseudo, 6);
  set16(out, 16, checksum(pseudo + out));
  return out;
}

Buffer ipv4_packet(const IpHeader& header, const Buffer& payload) {
  Buffer options = header.options;
  pad(options, 4);
  Buffer out;
  out.push_back(static_cast<std::uint8_t>(0x45 + options.size() / 4));
  out.push_back(0);
  put16(out, header.total_length.value_or(static_cast<std::uint16_t>(20 + options.size() + payload.size())));
  put16(out, header.identification);
  put16(out, (header.has_more_fragments ? 0x2000 : 0) | header.fragment_offset / 8);
  out.push_back(64);
  out.push_back(header.protocol);
  put16(out, 0);
  out = out + address_bytes(endpoint(header.source).address) + address_bytes(endpoint(header.destination).address) +
        options;
  set16(out, 10, checksum(out));
  return out + payload;
}

Buffer ipv6_packet(const IpHeader& header, const Buffer& payload) {
  const bool is_fragment = header.has_more_fragments || header.fragment_offset != 0;
  Buffer extensions = header.options;
  if (is_fragment) {
    extensions.push_back(header.protocol);
    extensions.push_back(0);
    put16(extensions, header.fragment_offset | (header.has_more_fragments ? 1 : 0));
    put32(extensions, header.identification);
  }
  Buffer out;
  put32(out, 0x60000000);
  put16(out, header.total_length.value_or(static_cast<std::uint16_t>(extensions.size() + payload.size())));
  out.push_back(header.first_header.value_or(is_fragment ? std::uint8_t{44} : header.protocol));
  out.push_back(64);
  return out + address_bytes(endpoint(header.source).address) + address_bytes(endpoint(header.destination).address) +
         extensions + payload;
}

Buffer ip_packet(const TcpPacket& tcp) {
  const IpHeader header{.source = tcp.source, .destination = tcp.destination};
  return endpoint(tcp.source).address.is_v6 ? ipv6_packet(header, tcp_segment(tcp))
                                            : ipv4_packet(header, tcp_segment(tcp));
}

Buffer ethernet_frame(const Buffer& ip, const std::vector<std::uint16_t>& vlan_types) {
  Buffer out = from_hex("02 00 00 00 00 02  02 00 00 00 00 01");
  for (const std::uint16_t type : vlan_types) {
    put16(out, type);
    put16(out, 100);
  }
  put16(out, !ip.empty() && ip[0] >> 4 == 6 ? 0x86dd : 0x0800);
  return out + ip;
}

Buffer tcp_packet(const TcpPacket& tcp) {
  return ethernet_frame(ip_packet(tcp));
}

std::vector<Buffer> ip_fragments(IpHeader header, const Buffer& payload, std::size_t piece) {
  const bool is_v6 = endpoint(header.source).address.is_v6;
  std::vector<Buffer> out;
  for (std::size_t at = 0; at < payload.size(); at += piece) {
    const std::size_t end = std::min(payload.size(), at + piece);
    header.fragment_offset = static_cast<std::uint32_t>(at);
    header.has_more_fragments = end < payload.size();
    const Buffer part(payload.begin() + static_cast<std::ptrdiff_t>(at),
                      payload.begin() + static_cast<std::ptrdiff_t>(end));
    out.push_back(is_v6 ? ipv6_packet(header, part) : ipv4_packet(header, part));
  }
  return out;
}

PcapWriter::PcapWriter(const Options& options) : options_(options) {
  const bool big = options.is_big_endian;
  put(bytes_, options.is_modified ? 0xa1b2cd34 : options.is_nano ? 0xa1b23c4d : 0xa1b2c3d4, 4, big);
  put(bytes_, 2, 2, big);
  put(bytes_, 4, 2, big);
  put(bytes_, 0, 8, big);
  put(bytes_, options.snap_length, 4, big);
  put(bytes_, static_cast<std::uint32_t>(options.link_type), 4, big);
}

PcapWriter& PcapWriter::packet(const Buffer& bytes, std::int64_t time_ns, std::optional<std::uint32_t> original) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  const std::int64_t fraction = time_ns % 1'000'000'000 / (options_.is_nano ? 1 : 1000);
  return record(static_cast<std::uint32_t>(time_ns / 1'000'000'000), static_cast<std::uint32_t>(fraction), length,
                original.value_or(length), bytes);
}

PcapWriter& PcapWriter::record(std::uint32_t seconds, std::uint32_t fraction, std::uint32_t captured,
                               std::uint32_t original, const Buffer& bytes) {
  offsets_.push_back(bytes_.size());
  for (const std::uint32_t field : {seconds, fraction, captured, original})
    put(bytes_, field, 4, options_.is_big_endian);
  if (options_.is_modified) put(bytes_, 0, 8, options_.is_big_endian);
  return raw(bytes);
}

PcapWriter& PcapWriter::raw(const Buffer& bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}

std::vector<std::size_t> PcapWriter::offsets() const {
  std::vector<std::size_t> out = offsets_;
  out.push_back(bytes_.size());
  return out;
}

PcapngWriter& PcapngWriter::section(bool is_big_endian) {
  is_big_endian_ = is_big_endian;
  Buffer body;
  put(body, 0x1a2b3c4d, 4, is_big_endian);
  put(body, 1, 2, is_big_endian);
  put(body, 0, 2, is_big_endian);
  put(body, ~std::uint64_t{0}, 8, is_big_endian);
  return block(0x0a0d0d0a, body);
}

PcapngWriter& PcapngWriter::interface(const Interface& interface) {
  Buffer body;
  put(body, static_cast<std::uint32_t>(interface.link_type), 2, is_big_endian_);
  put(body, 0, 2, is_big_endian_);
  put(body, interface.snap_length, 4, is_big_endian_);
  if (interface.resolution) {
    put(body, 9, 2, is_big_endian_);
    put(body, 1, 2, is_big_endian_);
    body.push_back(*interface.resolution);
    pad(body, 4);
  }
  if (interface.offset) {
    put(body, 14, 2, is_big_endian_);
    put(body, 8, 2, is_big_endian_);
    put(body, static_cast<std::uint64_t>(*interface.offset), 8, is_big_endian_);
  }
  if (interface.resolution || interface.offset) put(body, 0, 4, is_big_endian_);
  return block(1, body);
}

PcapngWriter& PcapngWriter::packet(const Buffer& bytes, std::uint64_t ticks, std::uint32_t interface,
                                   std::optional<std::uint32_t> original) {
  Buffer body;
  put(body, interface, 4, is_big_endian_);
  put(body, ticks >> 32, 4, is_big_endian_);
  put(body, ticks, 4, is_big_endian_);
  put(body, bytes.size(), 4, is_big_endian_);
  put(body, original.value_or(static_cast<std::uint32_t>(bytes.size())), 4, is_big_endian_);
  return block(6, body + bytes);
}

PcapngWriter& PcapngWriter::simple_packet(const Buffer& bytes, std::optional<std::uint32_t> original) {
  Buffer body;
  put(body, original.value_or(static_cast<std::uint32_t>(bytes.size())), 4, is_big_endian_);
  return block(3, body + bytes);
}

PcapngWriter& PcapngWriter::old_packet(const Buffer& bytes, std::uint64_t ticks, std::uint16_t interface) {
  Buffer body;
  put(body, interface, 2, is_big_endian_);
  put(body, 0xffff, 2, is_big_endian_);  // drops: not known
  put(body, ticks >> 32, 4, is_big_endian_);
  put(body, ticks, 4, is_big_endian_);
  put(body, bytes.size(), 4, is_big_endian_);
  put(body, bytes.size(), 4, is_big_endian_);
  return block(2, body + bytes);
}

PcapngWriter& PcapngWriter::secrets(std::uint32_t type, std::string_view text) {
  Buffer body;
  put(body, type, 4, is_big_endian_);
  put(body, text.size(), 4, is_big_endian_);
  return block(10, body + from_text(text));
}

PcapngWriter& PcapngWriter::block(std::uint32_t type, Buffer body) {
  pad(body, 4);
  offsets_.push_back(bytes_.size());
  put(bytes_, type, 4, is_big_endian_);
  put(bytes_, body.size() + 12, 4, is_big_endian_);
  raw(body);
  put(bytes_, body.size() + 12, 4, is_big_endian_);
  return *this;
}

PcapngWriter& PcapngWriter::raw(const Buffer& bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}

std::vector<std::size_t> PcapngWriter::offsets() const {
  std::vector<std::size_t> out = offsets_;
  out.push_back(bytes_.size());
  return out;
}

TempFile::TempFile(const Buffer& bytes, const std::string& suffix) {
  const char* const folder = std::getenv("TMPDIR");
  path_ = std::string(folder == nullptr ? "/tmp" : folder) + "/overhear-test-XXXXXX" + suffix;
  const int descriptor = ::mkstemps(path_.data(), static_cast<int>(suffix.size()));
  if (descriptor < 0) throw std::runtime_error("cannot make " + path_);
  for (std::size_t at = 0; at < bytes.size();) {
    const ::ssize_t wrote = ::write(descriptor, bytes.data() + at, bytes.size() - at);
    if (wrote <= 0) throw std::runtime_error("cannot write " + path_);
    at += static_cast<std::size_t>(wrote);
  }
  ::close(descriptor);
}

TempFile::~TempFile() {
  ::unlink(path_.c_str());
}

}  // namespace overhear::testing
