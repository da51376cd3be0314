// Load for proxies on 127.0.0.1: a server that echoes ChatMaster packages, and clients that wait for each echo, pour
// one way, or only stay.
//
//   overhear-bench-load serve PORT                      until it is ended; prints its port (0: a free one)
//   overhear-bench-load ping PORT CLIENTS MESSAGES      median and 99th percentile of the round trip, messages a second
//   overhear-bench-load pour PORT CLIENTS MEBIBYTES     MiB a second, one way
//   overhear-bench-load stay PORT CLIENTS SECONDS       one message each, then silence; prints a line when all are
//   there
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio.hpp>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

constexpr std::size_t kMessageBytes = 200;
constexpr std::size_t kPourBytes = 128u << 10;

std::string message() {
  const std::string head = R"({"type": "message", "data": {"message": ")";
  const std::string tail = "\"}}";
  return head + std::string(kMessageBytes - head.size() - tail.size(), 'x') + tail;
}

asio::awaitable<void> echo(tcp::socket socket) {
  std::vector<char> buffer(kPourBytes);
  bool is_pour = false;
  while (true) {
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(buffer), kAsTuple);
    if (error) break;
    // What is poured begins with a list, and is swallowed.
    is_pour = is_pour || buffer[0] == '[';
    if (!is_pour) (void)co_await asio::async_write(socket, asio::buffer(buffer.data(), size), kAsTuple);
  }
  if (is_pour) (void)co_await asio::async_write(socket, asio::buffer("done", 4), kAsTuple);
}

asio::awaitable<void> serve(tcp::acceptor acceptor) {
  while (true) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(acceptor.get_executor(), echo(std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> ping(tcp::socket& socket, long messages, std::vector<double>& microseconds) {
  const std::string text = message();
  std::array<char, kMessageBytes> answer;
  for (long i = 0; i < messages; ++i) {
    const auto sent = Clock::now();
    co_await asio::async_write(socket, asio::buffer(text), asio::use_awaitable);
    co_await asio::async_read(socket, asio::buffer(answer), asio::use_awaitable);
    microseconds.push_back(std::chrono::duration<double, std::micro>(Clock::now() - sent).count());
  }
}

asio::awaitable<void> pour(tcp::socket& socket, long mebibytes) {
  std::string text = "[";
  while (text.size() < kPourBytes) text += message();
  for (long left = mebibytes << 20; left > 0; left -= static_cast<long>(text.size())) {
    co_await asio::async_write(socket, asio::buffer(text), asio::use_awaitable);
    text[0] = ' ';
  }
  socket.shutdown(tcp::socket::shutdown_send);
  std::array<char, 4> done;
  co_await asio::async_read(socket, asio::buffer(done), asio::use_awaitable);
}

std::deque<tcp::socket> connect(asio::io_context& io, unsigned short port, long clients) {
  std::deque<tcp::socket> sockets;
  for (long i = 0; i < clients; ++i) {
    tcp::socket& socket = sockets.emplace_back(io);
    socket.connect({asio::ip::address_v4::loopback(), port});
    socket.set_option(tcp::no_delay(true));
  }
  return sockets;
}

int load(std::string_view what, unsigned short port, long clients, long amount) {
  asio::io_context io{1};
  std::deque<tcp::socket> sockets = connect(io, port, clients);
  std::vector<double> microseconds;
  for (tcp::socket& socket : sockets) {
    asio::co_spawn(io, what == "pour" ? pour(socket, amount) : ping(socket, what == "stay" ? 1 : amount, microseconds),
                   [](const std::exception_ptr& failure) {
                     if (failure) std::rethrow_exception(failure);
                   });
  }
  const auto begun = Clock::now();
  io.run();
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  if (what == "pour") {
    fmt::print("mib_per_second {:.1f}\n", static_cast<double>(clients * amount) / seconds);
    return 0;
  }
  std::ranges::sort(microseconds);
  const auto at = [&](double share) {
    return microseconds[static_cast<std::size_t>(share * static_cast<double>(microseconds.size() - 1))];
  };
  fmt::print("p50_us {:.1f} p99_us {:.1f} messages_per_second {:.0f}\n", at(0.5), at(0.99),
             static_cast<double>(microseconds.size()) / seconds);
  std::fflush(stdout);
  if (what == "stay") std::this_thread::sleep_for(std::chrono::seconds(amount));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    fmt::print(stderr,
               "serve PORT | ping PORT CLIENTS MESSAGES | pour PORT CLIENTS MEBIBYTES | stay PORT CLIENTS SECONDS\n");
    return 2;
  }
  const auto number = [&](std::size_t index) { return index < arguments.size() ? std::atol(argv[index + 1]) : 1; };
  const auto port = static_cast<unsigned short>(number(1));
  try {
    if (arguments[0] != "serve") return load(arguments[0], port, number(2), number(3));
    asio::io_context io{1};
    tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), port});
    fmt::print("{}\n", acceptor.local_endpoint().port());
    std::fflush(stdout);
    asio::co_spawn(io, serve(std::move(acceptor)), asio::detached);
    io.run();
  } catch (const std::exception& failure) {
    fmt::print(stderr, "{}\n", failure.what());
    return 1;
  }
  return 0;
}
