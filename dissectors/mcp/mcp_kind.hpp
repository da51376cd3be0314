// What a package means to the rules of a session, found by its row's place in the table.
#pragma once

#include <cstdint>

#include "dissectors/protocol.hpp"

namespace overhear::mcp {

enum class Kind : std::uint8_t {
  Other,  // whatever else, and what is not in the table
  Handshake,
  Ping,
  Login,  // and Register
  Accepted,
  Say,   // CreateTextMessage, CreateImageMessage
  Said,  // TextMessage, ImageMessage
  Join,
  Joined,
  Leave,
  Left,
  RoomCreated,
  RoomDeleted,
  RequestUpload,
  UploadAccepted,  // under both its names
  RequestDownload,
  DownloadMeta,
  Part,       // of either way, under both names
  Completed,  // likewise
  Error,
  NotConnected,      // Error.UserDontConnected
  HeartbeatTimeout,  // Error.HeartbeatTimeout
};

Kind kind_of(const MessageType* row);

constexpr bool is_error(Kind kind) {
  return kind == Kind::Error || kind == Kind::NotConnected || kind == Kind::HeartbeatTimeout;
}

}  // namespace overhear::mcp
