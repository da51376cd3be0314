#include "proxy/socks5_greeting.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>

namespace overhear {
namespace {

constexpr char kVersion = 5;

// RFC 1928, 3
constexpr char kNoAuthentication = 0;
constexpr auto kNoMethod = static_cast<char>(0xff);

// RFC 1928, 4
constexpr std::uint8_t kConnect = 1;
constexpr std::uint8_t kIpV4 = 1;
constexpr std::uint8_t kDomainName = 3;
constexpr std::uint8_t kIpV6 = 4;

// RFC 1928, 6
enum class Reply : char {
  Succeeded = 0,
  GeneralFailure = 1,
  NetworkUnreachable = 3,
  HostUnreachable = 4,
  ConnectionRefused = 5,
  TtlExpired = 6,
  CommandNotSupported = 7,
  AddressTypeNotSupported = 8,
};

// VER REP RSV ATYP BND.ADDR BND.PORT
std::string reply_of(Reply reply, const Endpoint& bound) {
  std::string out{kVersion, static_cast<char>(reply), 0, static_cast<char>(bound.address.is_v6 ? kIpV6 : kIpV4)};
  out.append(reinterpret_cast<const char*>(bound.address.bytes.data()), bound.address.is_v6 ? 16 : 4);
  out += static_cast<char>(bound.port >> 8);
  out += static_cast<char>(bound.port & 0xff);
  return out;
}

template <typename Address>
std::string address_text(std::string_view bytes) {
  typename Address::bytes_type raw;
  std::copy_n(bytes.begin(), raw.size(), raw.begin());
  return Address(raw).to_string();
}

}  // namespace

Greeting::Status Socks5Greeting::feed(std::string& received, std::string& reply) {
  if (received.empty()) return Status::NeedMore;
  if (!is_method_chosen_ && received.front() != kVersion) {
    const bool is_http = received.front() >= 'A' && received.front() <= 'Z';
    return refuse(received.front() == 4 ? "it speaks SOCKS 4; this proxy speaks SOCKS 5"
                  : is_http             ? "it does not speak SOCKS 5; for HTTP there is --mode regular"
                                        : "it does not speak SOCKS 5");
  }
  if (!is_method_chosen_) {
    const Status chosen = choose_method(received, reply);
    if (!is_method_chosen_) return chosen;
  }
  return read_request(received, reply);
}

// VER NMETHODS METHODS
Greeting::Status Socks5Greeting::choose_method(std::string& received, std::string& reply) {
  if (received.size() < 2) return Status::NeedMore;
  const std::size_t length = 2 + static_cast<std::uint8_t>(received[1]);
  if (received.size() < length) return Status::NeedMore;
  const bool is_offered = std::string_view(received).substr(2, length - 2).contains(kNoAuthentication);
  received.erase(0, length);
  reply += kVersion;
  reply += is_offered ? kNoAuthentication : kNoMethod;
  is_method_chosen_ = is_offered;
  return is_offered ? Status::NeedMore : refuse("it insists on authentication, which this proxy does not ask for");
}

// VER CMD RSV ATYP DST.ADDR DST.PORT
Greeting::Status Socks5Greeting::read_request(std::string& received, std::string& reply) {
  constexpr std::size_t kHead = 4;
  if (received.size() <= kHead) return Status::NeedMore;
  if (received.front() != kVersion) return refuse("its SOCKS request is of another version than its greeting");
  const auto command = static_cast<std::uint8_t>(received[1]);
  const auto type = static_cast<std::uint8_t>(received[3]);
  if (command != kConnect) {
    reply += reply_of(Reply::CommandNotSupported, {});
    return refuse(fmt::format("it asked for SOCKS command {}; there is CONNECT alone", command));
  }
  std::size_t begin = kHead;
  std::size_t length = 4;
  if (type == kDomainName) {
    length = static_cast<std::uint8_t>(received[begin++]);
  } else if (type == kIpV6) {
    length = 16;
  } else if (type != kIpV4) {
    reply += reply_of(Reply::AddressTypeNotSupported, {});
    return refuse(fmt::format("it named the server in an address of the unknown type {}", type));
  }
  if (received.size() < begin + length + 2) return Status::NeedMore;
  const std::string_view address = std::string_view(received).substr(begin, length);
  target_.host = type == kDomainName ? std::string(address)
                 : type == kIpV4     ? address_text<boost::asio::ip::address_v4>(address)
                                     : address_text<boost::asio::ip::address_v6>(address);
  const auto high = static_cast<std::uint8_t>(received[begin + length]);
  const auto low = static_cast<std::uint8_t>(received[begin + length + 1]);
  target_.port = static_cast<std::uint16_t>(high << 8 | low);
  received.erase(0, begin + length + 2);
  if (target_.host.empty() || target_.host.contains('\0') || target_.port == 0) {
    reply += reply_of(Reply::GeneralFailure, {});
    return refuse("it named no server");
  }
  return Status::Connect;
}

std::string Socks5Greeting::connected(const Endpoint& local) {
  return reply_of(Reply::Succeeded, local);
}

std::string Socks5Greeting::failed(ConnectFailure failure, std::string_view) {
  switch (failure) {
    case ConnectFailure::Refused: return reply_of(Reply::ConnectionRefused, {});
    case ConnectFailure::NoSuchHost: return reply_of(Reply::HostUnreachable, {});
    case ConnectFailure::TimedOut: return reply_of(Reply::TtlExpired, {});
    case ConnectFailure::Unreachable: return reply_of(Reply::NetworkUnreachable, {});
    case ConnectFailure::Other: break;
  }
  return reply_of(Reply::GeneralFailure, {});
}

}  // namespace overhear
