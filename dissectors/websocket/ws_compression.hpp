// The compression of one direction's messages (RFC 7692): what was agreed, what the sender is seen to do, and the
// context that later messages refer to. Where that was lost, nothing is shown that may not have been said.
#pragma once

#include <optional>

#include "dissectors/layer.hpp"
#include "dissectors/websocket/deflate_extension.hpp"
#include "dissectors/websocket/frame_header.hpp"
#include "dissectors/websocket/message_inflater.hpp"

namespace overhear {

class WsCompression {
 public:
  // `is_lost`: the stream began before what was seen of it.
  WsCompression(LayerContext& context, Direction direction, bool is_lost)
      : context_(context), direction_(direction), is_lost_(is_lost) {}

  void agree(const DeflateExtension& extension) { extension_ = extension; }
  const DeflateExtension& extension() const { return extension_; }
  // Whether the message that begins with this frame is compressed.
  bool applies_to(const WsFrameHeader& first) const;

  // Inflates the unit's bytes into the workspace and points the unit there. False where that cannot be, which a finding
  // says: the bytes are as some extension has changed them.
  bool inflate(Unit& unit, FindingList& findings);
  // Later messages may refer to what was not seen.
  void lose();

 private:
  const Rule* inflate(std::string_view payload, std::string& text);

  LayerContext& context_;
  Direction direction_;
  bool is_lost_;
  DeflateExtension extension_;
  std::optional<MessageInflater> inflater_;
};

}  // namespace overhear
