// How a message lies in its stream, so that another text can stand in its place: in WebSocket frames, behind a length,
// as a zlib package, or bare. Pure: bytes in, bytes out.
//
// A WebSocket message under permessage-deflate leaves a context behind, which the sender's later ones may refer to
// (RFC 7692, 7.2.3.2). Who has replaced or kept back one of those has to put all later ones that are compressed through
// append(), which refers to nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "dissectors/message.hpp"
#include "dissectors/protocol.hpp"

namespace overhear {

class MessageForm {
 public:
  // Of the message that came as `raw`, with its framing (all its WebSocket frames; control frames among them do not
  // count), and was shown as `body`. Both are looked at during the call only.
  static MessageForm of(std::string_view raw, std::string_view body, FrameKind frame);
  // Of a first message in a session whose messages lie so.
  static MessageForm first(StreamFraming framing, Direction from);
  // Of a message that `from`, who is the other, sends: masked if that is the client (RFC 6455, 5.3), with no
  // extension's bits and not compressed, which a receiver can always read, and without bytes that stood beside this
  // one's text.
  MessageForm mirrored(Direction from) const;

  // Appends `text` in this form. In WebSocket that is one frame, or where the message came in several, as many as it
  // takes of the size of the largest of those; each with a mask of its own. REQUIRES: less than 4 GiB.
  void append(std::string_view text, std::string& out) const;

  bool is_bare() const { return std::holds_alternative<Bare>(form_); }
  // By WebSocket's permessage-deflate.
  bool is_compressed() const;

  bool operator==(const MessageForm&) const = default;

 private:
  struct Frame {
    std::uint8_t opcode = 0;
    std::uint8_t reserved = 0;
    bool is_masked = false;
    bool is_compressed = false;
    std::size_t fragment = 0;  // the most that one frame carries; 0: all
    bool operator==(const Frame&) const = default;
  };
  struct LengthPrefixed {
    bool operator==(const LengthPrefixed&) const = default;
  };
  struct ZlibPackaged {
    bool operator==(const ZlibPackaged&) const = default;
  };
  struct Bare {
    std::string front;  // what stands before the text and behind it
    std::string behind;
    bool operator==(const Bare&) const = default;
  };
  using Form = std::variant<Bare, Frame, LengthPrefixed, ZlibPackaged>;

  explicit MessageForm(Form form) : form_(std::move(form)) {}
  static void append_as(const Frame& form, std::string_view text, std::string& out);
  static void append_as(const LengthPrefixed& form, std::string_view text, std::string& out);
  static void append_as(const ZlibPackaged& form, std::string_view text, std::string& out);
  static void append_as(const Bare& form, std::string_view text, std::string& out);

  Form form_;
};

// The frames of a WebSocket message, and those that stand between its fragments (pings, a close), each in order. Bytes
// that are no whole frame are the message's own.
struct WsFrames {
  std::string own;
  std::string others;
};
WsFrames split_ws_frames(std::string_view raw);

}  // namespace overhear
