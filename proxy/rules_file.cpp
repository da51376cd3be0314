#include "proxy/rules_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace overhear {
namespace {

constexpr std::int64_t kLargestFile = std::int64_t{16} << 20;
constexpr std::int64_t kNanoseconds = 1'000'000'000;

}  // namespace

std::optional<RulesFile::Version> RulesFile::version() const {
  struct stat found{};
  if (::stat(path_.c_str(), &found) != 0) return std::nullopt;
  return Version{.inode = found.st_ino,
                 .size = found.st_size,
                 .changed_ns = found.st_mtim.tv_sec * kNanoseconds + found.st_mtim.tv_nsec};
}

std::expected<RuleBook, Error> RulesFile::read() {
  const auto fail = [this](std::string_view why) {
    return std::unexpected(Error{ErrorKind::Input, fmt::format("{}: {}", path_.native(), why)});
  };
  seen_ = version();
  if (seen_ && seen_->size > kLargestFile) return fail("it is larger than 16 MiB");
  std::ifstream file(path_, std::ios::binary);
  if (!file) return fail(std::strerror(errno));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return fail("it cannot be read");
  auto book = read_rule_book(text, seed_);
  if (!book) return fail(book.error());
  return *std::move(book);
}

std::optional<std::expected<RuleBook, Error>> RulesFile::read_if_changed() {
  const auto now = version();
  if (!now || now == seen_) return std::nullopt;
  return read();
}

}  // namespace overhear
