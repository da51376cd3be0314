// Finds the next message of one direction of a WebSocket behind a loss. A frame's header is too short to prove
// anything: the proof is a JSON object as long as the frames say, or, where messages may refer to a compression context
// that is lost, several frames in a row. Looks at one place after the other and in steps that depend on the place only,
// so that what is found does not depend on how the bytes come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dissectors/json/json_progress.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/websocket/deflate_extension.hpp"
#include "dissectors/websocket/frame_header.hpp"
#include "dissectors/websocket/message_inflater.hpp"

namespace overhear {

class WsSearch {
 public:
  // `is_masked`: whether frames of this direction are, as far as seen. Looked at from `from` on.
  WsSearch(LayerContext& context, Direction direction, bool is_masked, std::size_t from);

  void agree(const DeflateExtension& extension) { extension_ = extension; }
  // A message alone is no proof: another frame, or the end of the stream, must follow it.
  void ask_for_follower() { needs_follower_ = true; }

  // `text`: all that is not consumed. `is_final`: nothing follows. Only what begins before `end` counts. Whether a
  // message begins at position().
  bool advance(std::string_view text, bool is_final, std::size_t end = std::string_view::npos);

  std::size_t position() const { return at_; }  // of what was found, or up to where there is nothing
  // So many bytes were taken from the front.
  void consumed(std::size_t bytes) { at_ -= bytes; }

 private:
  enum class Judgement : std::uint8_t { Message, NeedMore, None };

  // What may be a message, at at_.
  struct Candidate {
    explicit Candidate(const Limits& limits, bool compressed) : is_compressed(compressed), object(limits) {}

    bool is_compressed;
    std::size_t frame = 0;   // where its frame under way begins
    std::size_t looked = 0;  // bytes of that frame's payload that were read
    JsonProgress object;     // that its text so far begins
    bool is_broken = false;  // it is none
    bool is_whole = false;   // it is one, up to `frame`
  };

  Judgement judge(std::string_view view);
  Judgement judge_text(std::string_view view);
  Judgement judge_chain(std::string_view view) const;
  Judgement judge_follower(std::string_view view, bool is_final) const;
  bool take(const WsFrameHeader& header, std::string_view part);
  bool take_text(std::string_view text);
  bool is_whole();
  bool spend(std::size_t bytes);
  bool is_plausible(const WsFrameHeader& header, bool is_masked) const;

  LayerContext& context_;
  Direction direction_;
  bool is_masked_;
  bool needs_follower_ = false;
  DeflateExtension extension_;
  std::size_t at_;
  std::optional<Candidate> candidate_;
  std::optional<MessageInflater> inflater_;
  // How many bytes candidates may still look at. Most fail at their first byte; where many fail late, each byte that is
  // passed over pays for so many looks and no more: time stays linear, and so does what is held for a candidate.
  std::size_t budget_;
};

}  // namespace overhear
