// What was agreed about permessage-deflate (RFC 7692, 7.1) in the opening handshake.
#pragma once

#include <string_view>

#include "dissectors/message.hpp"

namespace overhear {

struct DeflateExtension {
  bool is_agreed = false;
  bool server_no_context_takeover = false;
  bool client_no_context_takeover = false;

  // Whether the sender's messages refer to those before them.
  bool has_takeover(Direction sender) const {
    return sender == Direction::Client ? !client_no_context_takeover : !server_no_context_takeover;
  }
};

// From the server's Sec-WebSocket-Extensions: "permessage-deflate; server_max_window_bits=12, other". Parameters may be
// quoted; window bits do not matter to a reader.
DeflateExtension parse_extensions(std::string_view header);

}  // namespace overhear
