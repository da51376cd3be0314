// What of Boost.Asio the proxy works with. All sockets, timers and coroutines of a proxy live on one thread.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/endpoint.hpp"

namespace overhear {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Failures come as values: `const auto [error, …] = co_await socket.async_…(…, kAsTuple)`.
inline constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

Endpoint to_endpoint(const tcp::endpoint& endpoint);

}  // namespace overhear
