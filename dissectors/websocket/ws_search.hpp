// Finds the next message of one direction of a WebSocket behind a loss. A frame's header is too short to prove
// anything: the proof is a JSON object as long as the frames say, or, where what messages refer to is lost with the
// compression context, several frames in a row. Looks at one place after the other, so that what is found does not
// depend on how the bytes come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dissectors/json/json_progress.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/websocket/deflate_extension.hpp"
#include "dissectors/websocket/frame_header.hpp"

namespace overhear {

class WsSearch {
 public:
  // `is_masked`: whether frames of this direction are, as far as seen. Looked at from `from` on.
  WsSearch(LayerContext& context, Direction direction, bool is_masked, std::size_t from)
      : context_(context), direction_(direction), is_masked_(is_masked), at_(from) {}

  void agree(const DeflateExtension& extension) { extension_ = extension; }

  // `text`: all that is not consumed. `is_final`: nothing follows. Whether a message begins at position().
  bool advance(std::string_view text, bool is_final);

  std::size_t position() const { return at_; }  // of what was found, or up to where there is nothing
  // So many bytes were taken from the front.
  void consumed(std::size_t bytes) { at_ -= bytes; }

 private:
  enum class Judgement : std::uint8_t { Message, NeedMore, None };

  Judgement judge(std::string_view view);
  Judgement judge_start(const WsFrameHeader& header, std::string_view view);
  Judgement walk(std::string_view view, const WsFrameHeader& first);
  Judgement judge_chain(std::string_view view) const;
  std::string message_text(std::string_view view) const;
  bool is_plausible(const WsFrameHeader& header, bool is_masked) const;
  void forget_candidate();

  LayerContext& context_;
  Direction direction_;
  bool is_masked_;
  DeflateExtension extension_;
  std::size_t at_;
  // The candidate at at_.
  std::size_t walked_ = 0;             // its frames that are whole
  std::size_t looked_ = 0;             // bytes of its first payload that start_ has read
  std::optional<JsonProgress> start_;  // what they begin
};

}  // namespace overhear
