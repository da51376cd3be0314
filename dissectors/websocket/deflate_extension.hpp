// What the opening handshake says about permessage-deflate (RFC 7692, 7.1).
#pragma once

#include <cstdint>
#include <string_view>

#include "dissectors/message.hpp"

namespace overhear {

struct DeflateExtension {
  enum class Standing : std::uint8_t {
    Unknown,  // neither head was seen
    Absent,   // not offered, or not accepted
    Offered,  // and the answer was not seen
    Agreed,
  };

  Standing standing = Standing::Unknown;
  bool server_no_context_takeover = false;
  bool client_no_context_takeover = false;

  bool is_agreed() const { return standing == Standing::Agreed; }
  bool is_expected() const { return is_agreed() || standing == Standing::Offered; }
  bool is_possible() const { return standing != Standing::Absent; }
  // Whether the sender's messages may refer to those before them.
  bool has_takeover(Direction sender) const {
    return sender == Direction::Client ? !client_no_context_takeover : !server_no_context_takeover;
  }
};

// From the server's Sec-WebSocket-Extensions: "permessage-deflate; server_max_window_bits=12, other". Agreed or Absent.
// Parameters may be quoted; window bits do not matter to a reader.
DeflateExtension parse_extensions(std::string_view header);
// From the client's: Offered, with what holds where the answer adds nothing, or Absent.
DeflateExtension parse_extension_offer(std::string_view header);

}  // namespace overhear
