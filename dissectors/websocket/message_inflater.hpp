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
  // A message's payload, in any pieces, and then its end. Appends its text to `out`, which never grows beyond `limit`
  // bytes. What is wrong with it, or nullptr; after a problem only reset() helps. What later messages refer to is kept.
  const Rule* feed(std::string_view part, std::string& out, std::size_t limit);
  const Rule* finish(std::string& out, std::size_t limit);

  // What follows refers to nothing that went before. This is safe to say where bytes were lost, too: what does refer to
  // them is a problem then, never a wrong text.
  void reset();

 private:
  Inflater inflater_{Inflater::Format::Raw};
  bool has_ended_ = false;  // with a final block
};

}  // namespace overhear
