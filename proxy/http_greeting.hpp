// A client of an HTTP proxy: CONNECT opens a tunnel (RFC 9110, 9.3.6), a request that has the whole URL for its target
// (RFC 9112, 3.2.2) goes to that server with the path alone, once a connection.
#pragma once

#include "proxy/greeting.hpp"

namespace overhear {

struct HttpHead;

class HttpGreeting final : public Greeting {
 public:
  Status feed(std::string& received, std::string& reply) override;
  std::string connected(const Endpoint& local) override;
  std::string failed(ConnectFailure failure, std::string_view why) override;

 private:
  Status refuse_with(std::string& reply, std::string problem);
  Status tunnel(const HttpHead& head, std::string& reply);
  Status forward(const HttpHead& head, std::size_t length, std::string& received, std::string& reply);

  std::size_t searched_ = 0;
  bool is_tunnel_ = false;
};

}  // namespace overhear
