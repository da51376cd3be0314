// One direction of a WebSocket connection: frames in, whole messages out, unmasked, put together and inflated. Control
// frames become events. After a loss the next place is looked for where a message stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dissectors/layer.hpp"
#include "dissectors/websocket/deflate_extension.hpp"
#include "dissectors/websocket/frame_header.hpp"
#include "dissectors/websocket/ws_compression.hpp"
#include "dissectors/websocket/ws_search.hpp"

namespace overhear {

class WsStream final : public Framer {
 public:
  WsStream(LayerContext& context, Direction direction, bool is_searching);

  void agree(const DeflateExtension& extension);
  void on_data() override;
  void on_gap(std::uint64_t missing) override;
  void on_end() override;
  std::size_t held() const override { return fragments_.size(); }

 private:
  bool take_frame();
  bool take_oversized(const WsFrameHeader& header);
  void on_frame(const WsFrameHeader& header, std::string_view frame);
  void on_control(const WsFrameHeader& header, std::string_view payload);
  void on_close(std::string_view payload);
  void on_fragment(const WsFrameHeader& header, std::string_view payload, std::size_t frame_size);
  Unit message_of(std::string_view payload);
  void emit_frame(Unit& unit, std::size_t frame_size);
  void emit_fragments(Unit& unit);
  void drop_fragments(const Rule& rule);
  void check_header(const WsFrameHeader& header, FindingList& findings);
  int count_faults(const WsFrameHeader& header) const;
  void lose_sync(const Rule& rule, std::size_t from);
  void report(const Rule& rule, std::string_view text = {});
  bool skip_rest();
  bool search_rest();
  void doubt_rest(std::size_t from);
  void start_search(const Rule& why, std::size_t from = 0);
  bool search();

  StreamBuffer& in() { return context_.streams[direction_]; }

  LayerContext& context_;
  Direction direction_;
  bool is_at_end_ = false;
  bool is_masked_;  // whether frames of this direction are, as far as seen
  bool has_reported_mask_ = false;
  bool is_closing_ = false;            // a close frame went by
  bool lost_start_ = false;            // continuation frames may belong to a message whose start was lost
  int unusable_ = 0;                   // frames in a row
  std::optional<WsSearch> search_;     // behind a loss; with rest_, in what may be no frame
  const Rule* passed_over_ = nullptr;  // why bytes are, while searching
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

  WsCompression compression_;
};

}  // namespace overhear
