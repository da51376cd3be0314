// One direction of a WebSocket connection: frames in, whole messages out, unmasked, put together and inflated. Control
// frames become events. After a loss the next place is looked for where a message stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dissectors/framing/inflater.hpp"
#include "dissectors/json/json_progress.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/websocket/deflate_extension.hpp"
#include "dissectors/websocket/frame_header.hpp"

namespace overhear {

class WsStream final : public Framer {
 public:
  WsStream(LayerContext& context, Direction direction, bool is_searching);

  void agree(const DeflateExtension& extension);
  void on_data() override;
  void on_gap(std::uint64_t missing) override;
  void on_end() override;

 private:
  enum class Found : std::uint8_t { Frame, Nothing, NeedMore };

  bool take_frame();
  bool take_oversized(const WsFrameHeader& header);
  void on_frame(const WsFrameHeader& header, std::string_view frame);
  void on_control(const WsFrameHeader& header, std::string_view payload, std::size_t frame_size);
  void on_close(std::string_view payload, std::size_t frame_size);
  void on_fragment(const WsFrameHeader& header, std::string_view payload, std::size_t frame_size);
  void complete(std::string_view payload, std::uint64_t size, const Carrier& carrier);
  bool inflate(std::string_view& payload);
  const Rule* inflate_message(Inflater& inflater, std::string_view payload, std::string& out) const;
  void emit(std::string_view payload, std::uint64_t size, const Carrier& carrier, bool is_opaque,
            const JsonIndex* json);
  void drop_fragments(const Rule& rule);
  void check_header(const WsFrameHeader& header);
  std::string_view unmasked(const WsFrameHeader& header, std::string_view payload);
  void report(const Rule& rule, std::string_view text = {});
  bool skip_rest();
  bool search();
  Found try_candidate(std::string_view view);
  Found try_json_start(const WsFrameHeader& header, std::string_view view);
  Found walk_message(std::string_view view, const WsFrameHeader& first);
  void forget_candidate();
  Found try_chain(std::string_view view);
  std::string message_text(std::string_view view);
  bool is_plausible(const WsFrameHeader& header, bool is_masked) const;
  bool has_takeover() const;
  void reset_message();

  StreamBuffer& in() { return context_.streams[direction_]; }

  LayerContext& context_;
  Direction direction_;
  bool is_searching_;
  bool is_at_end_ = false;
  bool is_masked_;  // whether frames of this direction are, as far as seen
  bool has_reported_mask_ = false;
  bool is_closing_ = false;    // a close frame went by
  bool lost_start_ = false;    // continuation frames may belong to a message whose start was lost
  bool context_lost_ = false;  // bytes of the compression context were lost
  std::size_t searched_ = 0;
  // The candidate at searched_.
  std::size_t walked_ = 0;             // its frames that are whole
  std::size_t looked_ = 0;             // bytes of its first payload that start_ has read
  std::optional<JsonProgress> start_;  // what they begin
  std::uint64_t rest_ = 0;             // bytes of a frame that cannot be used, still to come

  // The message under way.
  bool is_open_ = false;
  bool is_text_ = false;
  bool is_compressed_ = false;
  bool is_changed_ = false;  // by an extension that was not agreed
  std::string fragments_;
  std::uint64_t fragments_size_ = 0;
  std::uint64_t largest_frame_ = 0;  // payload, among the message's frames
  Carrier fragments_carrier_;
  FindingList findings_;

  DeflateExtension extension_;
  std::unique_ptr<Inflater> inflater_;
};

}  // namespace overhear
