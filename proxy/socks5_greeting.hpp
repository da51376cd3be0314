// SOCKS 5 (RFC 1928): CONNECT without authentication.
#pragma once

#include "proxy/greeting.hpp"

namespace overhear {

class Socks5Greeting final : public Greeting {
 public:
  Status feed(std::string& received, std::string& reply) override;
  std::string connected(const Endpoint& local) override;
  std::string failed(ConnectFailure failure, std::string_view why) override;

 private:
  Status choose_method(std::string& received, std::string& reply);
  Status read_request(std::string& received, std::string& reply);

  bool is_method_chosen_ = false;
};

}  // namespace overhear
