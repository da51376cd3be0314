#include "proxy/rules_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>

namespace overhear {
namespace {

constexpr std::size_t kLargestFile = 1u << 20;

}  // namespace

std::expected<RuleBook, Error> RulesFile::read() {
  const auto fail = [this](std::string_view why) {
    return std::unexpected(Error{ErrorKind::Input, fmt::format("{}: {}", path_.native(), why)});
  };
  (void)watch_.changed();
  struct stat status{};
  // Whoever opens a pipe waits for somebody at its other end.
  if (::stat(path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) return fail("it is no file of text");
  std::ifstream file(path_, std::ios::binary);
  if (!file) return fail(std::strerror(errno));
  std::string text(kLargestFile + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return fail("it cannot be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kLargestFile) return fail("it is larger than 1 MiB");
  auto book = read_rule_book(text, seed_);
  if (!book) return fail(book.error());
  return *std::move(book);
}

std::optional<std::expected<RuleBook, Error>> RulesFile::read_if_changed() {
  if (watch_.changed().empty()) return std::nullopt;
  return read();
}

}  // namespace overhear
