// A list of JSON objects that must wait until another list is written: in memory up to a bound, then in an unnamed
// temporary file.
#pragma once

#include <cstdio>
#include <memory>

#include "session/export/output.hpp"

namespace overhear {

class Spool {
 public:
  // Append one object to what this gives, then call end_object().
  TextBuffer& begin_object();
  void end_object();
  // Appends all objects, comma-separated, and forgets them. False: the temporary file failed and objects are missing.
  bool drain(Output& output);

 private:
  static constexpr std::size_t kInMemory = 1u << 20;
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  TextBuffer text_;
  bool is_empty_ = true;
  bool has_failed_ = false;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace overhear
