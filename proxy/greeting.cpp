#include "proxy/greeting.hpp"

#include "proxy/http_greeting.hpp"
#include "proxy/socks5_greeting.hpp"

namespace overhear {

std::unique_ptr<Greeting> make_greeting(ProxyKind kind) {
  switch (kind) {
    case ProxyKind::Reverse: return nullptr;
    case ProxyKind::Socks5: return std::make_unique<Socks5Greeting>();
    case ProxyKind::Regular: return std::make_unique<HttpGreeting>();
  }
  return nullptr;
}

}  // namespace overhear
