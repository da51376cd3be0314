#include "cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "cli/print_error.hpp"
#include "cli/terminal.hpp"

namespace overhear {
namespace {

constexpr std::uint64_t kLarge = 32u << 20;
constexpr std::size_t kCells = 30;

}  // namespace

Progress::Progress(std::uint64_t size) : size_(size), started_(std::chrono::steady_clock::now()), drawn_(started_) {
  // Messages that scroll by are progress enough.
  is_shown_ = size >= kLarge && is_terminal(STDERR_FILENO) && !is_terminal(STDOUT_FILENO);
}

Progress::~Progress() {
  if (is_shown_) put_error_text("\r\x1b[K");
}

void Progress::update(std::uint64_t done) {
  if (!is_shown_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - drawn_ < std::chrono::milliseconds(100)) return;
  drawn_ = now;
  const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(size_));
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const auto full = static_cast<std::size_t>(part * static_cast<double>(kCells));
  put_error_text(fmt::format("\r[{:━<{}}{:<{}}] {:3.0f} %  {:.0f} MB/s\x1b[K", "", full, "", kCells - full, 100 * part,
                             static_cast<double>(done) / seconds / 1e6));
}

}  // namespace overhear
