// The file that says what is done to messages: read when the proxy begins, and again whenever it was saved.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "base/file_watch.hpp"
#include "proxy/rule_book.hpp"

namespace overhear {

class RulesFile {
 public:
  // `seed`: where the file names none.
  RulesFile(std::filesystem::path path, std::uint64_t seed)
      : path_(std::move(path)), seed_(seed), watch_({path_.native()}) {}

  // "rules.json: line 3, /rules/0/match: …" where it cannot be read.
  std::expected<RuleBook, Error> read();
  // The same if it is another than when it was last read; nothing where it is not, or is not there just now.
  std::optional<std::expected<RuleBook, Error>> read_if_changed();

 private:
  std::filesystem::path path_;
  std::uint64_t seed_;
  FileWatch watch_;
};

}  // namespace overhear
