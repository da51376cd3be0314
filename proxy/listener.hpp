// Binds where clients are waited for.
#pragma once

#include <expected>
#include <vector>

#include "base/error.hpp"
#include "proxy/asio.hpp"
#include "proxy/proxy_mode.hpp"

namespace overhear {

// One acceptor for each address that the place has: two for this machine alone, if it has IPv6.
std::expected<std::vector<tcp::acceptor>, Error> open_listeners(asio::io_context& io, const ListenAddress& place);

// Whether an address is routed all over the world: neither this machine nor a private network (RFC 1918, 4193, 6598).
bool is_global(const asio::ip::address& address);

}  // namespace overhear
