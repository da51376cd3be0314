// A key log that grows while keys are made, for programs that open what this one relays: owner's alone, and every line
// stands in the file as soon as it is written.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace overhear {

class KeyLogFile {
 public:
  // Made if it is not there; what it holds stays, and others' rights to it as well.
  static std::expected<KeyLogFile, Error> open(const std::string& path);
  KeyLogFile(KeyLogFile&& other) noexcept;
  ~KeyLogFile();

  // Whole lines. The first failure stays, and nothing follows it.
  void write(std::string_view lines);
  const std::optional<Error>& error() const { return error_; }

 private:
  KeyLogFile(int descriptor, std::string path);

  int descriptor_;
  std::string path_;
  std::optional<Error> error_;
};

}  // namespace overhear
