// Inflates the messages of one direction (RFC 7692, 7.2.2).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/finding.hpp"
#include "dissectors/framing/inflater.hpp"

namespace overhear {

class MessageInflater {
 public:
  // `payload`: a whole message's. What is wrong with it; nullptr where `out` is its text. What later messages refer to
  // is kept until reset().
  const Rule* inflate(std::string_view payload, std::string& out, std::size_t limit);
  // The next message refers to nothing before it.
  void reset() { inflater_.reset(); }

 private:
  Inflater inflater_{Inflater::Format::Raw};
};

}  // namespace overhear
