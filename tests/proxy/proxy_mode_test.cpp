#include "proxy/proxy_mode.hpp"

#include <gtest/gtest.h>

namespace overhear::testing {
namespace {

TEST(ProxyMode, SaysWhatWhereToAndWhereToListen) {
  struct Row {
    std::string_view text;
    std::string_view name;
    ProxyKind kind;
    HostPort target;
    ListenAddress listen;
  };
  using enum ProxyKind;
  const Row rows[] = {
      {"reverse:tcp://localhost:9000", "reverse:tcp://localhost:9000", Reverse, {"localhost", 9000}, {"", 8080}},
      {"reverse:tcp://localhost:9000/", "reverse:tcp://localhost:9000/", Reverse, {"localhost", 9000}, {"", 8080}},
      {"reverse:tcp://localhost:9000@7000", "reverse:tcp://localhost:9000", Reverse, {"localhost", 9000}, {"", 7000}},
      {"reverse:tcp://[::1]:42015@[::1]:0", "reverse:tcp://[::1]:42015", Reverse, {"::1", 42015}, {"::1", 0}},
      {"reverse:ws://chat.example", "reverse:ws://chat.example", Reverse, {"chat.example", 80}, {"", 8080}},
      {"reverse:ws://[::1]", "reverse:ws://[::1]", Reverse, {"::1", 80}, {"", 8080}},
      {"reverse:ws://[::1]:8888", "reverse:ws://[::1]:8888", Reverse, {"::1", 8888}, {"", 8080}},
      {"reverse:ws://10.0.0.1:8888@*:80", "reverse:ws://10.0.0.1:8888", Reverse, {"10.0.0.1", 8888}, {"0.0.0.0", 80}},
      {"socks5", "socks5", Socks5, {}, {"", 1080}},
      {"socks5@9050", "socks5", Socks5, {}, {"", 9050}},
      {"socks5@0.0.0.0:1080", "socks5", Socks5, {}, {"0.0.0.0", 1080}},
      {"regular", "regular", Regular, {}, {"", 8080}},
      {"regular@localhost:3128", "regular", Regular, {}, {"localhost", 3128}},
  };
  for (const Row& row : rows) {
    const auto mode = parse_proxy_mode(row.text);
    ASSERT_TRUE(mode.has_value()) << row.text << ": " << mode.error().message;
    EXPECT_EQ(mode->name, row.name);
    EXPECT_EQ(mode->kind, row.kind) << row.text;
    EXPECT_EQ(to_string(mode->target), to_string(row.target)) << row.text;
    EXPECT_EQ(to_string(mode->listen), to_string(row.listen)) << row.text;
  }
}

TEST(ProxyMode, AnythingElseIsAnErrorOfUsageThatSaysWhatWouldDo) {
  struct Row {
    std::string_view text;
    std::string_view told;
  };
  const Row rows[] = {
      {"", "no such mode"},
      {"transparent", "no such mode"},
      {"SOCKS5", "no such mode"},
      {"reverse", "no such mode"},
      {"reverse:", "which server?"},
      {"reverse:localhost:9000", "which server?"},
      {"reverse:udp://localhost:53", "udp:// is not known"},
      {"reverse:tcp://", "a port"},
      {"reverse:tcp://localhost", "a port"},
      {"reverse:tcp://[::1]", "a port"},
      {"reverse:tcp://localhost:", "a port"},
      {"reverse:tcp://localhost:65536", "a port"},
      {"reverse:tcp://localhost:-1", "a port"},
      {"reverse:tcp://localhost:9000x", "a port"},
      {"reverse:tcp://localhost:0", "port 0"},
      {"reverse:tcp://:9000", "which host?"},
      {"reverse:tcp://[]:9000", "which host?"},
      {"reverse:tcp://::1:9000", "brackets"},
      {"reverse:ws://::1", "brackets"},
      {"reverse:ws://chat.example/path", "no path"},
      {"reverse:ws://", "which host?"},
      {"socks5@", "a port"},
      {"socks5@x", "a port"},
      {"socks5@:1080", "which host?"},
      {"regular@::1:1080", "brackets"},
  };
  for (const Row& row : rows) {
    const auto mode = parse_proxy_mode(row.text);
    ASSERT_FALSE(mode.has_value()) << row.text;
    EXPECT_EQ(mode.error().kind, ErrorKind::Usage) << row.text;
    EXPECT_NE(mode.error().message.find(row.told), std::string::npos) << row.text << ": " << mode.error().message;
  }
}

TEST(ProxyMode, APlaceIsReadAsItIsWritten) {
  for (const HostPort& place : {HostPort{"localhost", 1}, HostPort{"::1", 65535}, HostPort{"127.0.0.1", 0}}) {
    EXPECT_TRUE(parse_host_port(to_string(place)) == place);
  }
}

}  // namespace
}  // namespace overhear::testing
