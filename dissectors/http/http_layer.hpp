// A connection that begins with HTTP: heads are read until a WebSocket is agreed upon, then both directions are frames.
// HTTP that is no upgrade is shown as data. Where another head should begin and something else does (behind CONNECT, or
// where somebody asked a chat server for a page), what the connection speaks is found out anew.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "dissectors/detecting_layer.hpp"
#include "dissectors/http/http_body.hpp"
#include "dissectors/http/http_head.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/websocket/ws_stream.hpp"

namespace overhear {

class HttpLayer final : public Layer {
 public:
  // The hints, and who is told what was found, are about what follows HTTP.
  explicit HttpLayer(
      LayerContext& context, const Hints& hints = {},
      DetectingLayer::OnDetected on_detected = [](Direction sender, const Verdict&) { return sender; });

  void on_data(Direction direction) override;
  void on_gap(Direction direction, std::uint64_t missing) override;
  void on_end(Direction direction) override;
  std::size_t held(Direction direction) const override;
  void fetch_ahead(int step) const override;

 private:
  enum class State : std::uint8_t {
    Head,       // the next head is awaited
    Body,       // and then the next head
    Awaiting,   // client: asked for an upgrade, the server has not answered; its early frames wait
    WebSocket,  // frames
    Data,       // not HTTP any more: data up to the end
    Lost,       // bytes were lost: where the next head begins is not known
  };

  struct Stream {
    State state = State::Head;
    std::size_t searched = 0;  // bytes not consumed that were looked at: for the end of a head, or as a part of a body
    std::optional<HttpBody> body;
    std::unique_ptr<WsStream> frames;
  };

  bool run(Direction direction);
  bool take_head(Direction direction);
  bool leave(Direction direction, bool is_end);
  bool hand_over(Direction direction);
  void wake(Direction direction);
  void on_request(const HttpHead& head, std::size_t length);
  void on_response(const HttpHead& head, std::size_t length);
  void on_switch(const HttpHead& head, std::size_t length);
  void on_plain_head(Direction direction, const HttpHead& head, std::size_t length, HttpAsked asked);
  void on_answer_lost();
  void start_frames(Direction direction, bool is_searching);
  void check_accept(const HttpHead& head);
  bool take_body(Direction direction);
  void ask(HttpAsked asked);
  std::optional<HttpAsked> answered();
  void report(Direction direction, const Rule& rule, std::string_view text = {});

  Stream& stream(Direction direction) { return streams_[static_cast<std::size_t>(direction)]; }

  LayerContext& context_;
  Hints hints_;
  DetectingLayer::OnDetected on_detected_;
  std::unique_ptr<DetectingLayer> next_;  // what follows HTTP
  std::array<bool, 2> has_ended_{};
  bool has_head_ = false;    // one was read
  bool is_waiting_ = false;  // what one side says is no HTTP, and the other is not done with it
  bool is_woken_ = false;    // it is, and this side goes on
  Stream streams_[2];
  std::deque<HttpAsked> asked_;     // requests without an answer
  std::size_t answered_ahead_ = 0;  // answers that came before their requests
  std::string key_;                 // Sec-WebSocket-Key of the request
  bool is_upgraded_ = false;        // the server has agreed
  DeflateExtension extension_;
};

}  // namespace overhear
