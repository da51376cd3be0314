// Where a command's result goes that is written at its end: standard output or -o.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "session/export/output.hpp"

namespace overhear {

class OutputFile {
 public:
  // "-" is standard output. Opens the file without emptying it, so that an input that cannot be read costs no earlier
  // result. `inputs` are files that must not be overwritten.
  static std::expected<std::unique_ptr<OutputFile>, Error> open(const std::string& path,
                                                                const std::vector<std::string>& inputs);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;

  int descriptor() const { return descriptor_; }
  // Empties the file, writes all of this. The exit status; an error has been printed.
  int write(std::string_view text);

 private:
  OutputFile(std::string name, int descriptor) : name_(std::move(name)), descriptor_(descriptor) {}

  std::string name_;
  int descriptor_;
};

}  // namespace overhear
