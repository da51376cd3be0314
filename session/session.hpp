// One connection as a conversation: finds out what it speaks, puts the layers on it, and makes messages of what they
// cut out. Everything that is known per connection; what takes several connections together is not here.
#pragma once

#include <memory>
#include <optional>

#include "base/stream_event.hpp"
#include "dissectors/detecting_layer.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/message.hpp"
#include "dissectors/protocol.hpp"
#include "session/exchanges.hpp"
#include "session/options.hpp"

namespace overhear {

// What all sessions of one analysis share.
struct AnalysisContext {
  const AnalysisOptions& options;
  KeyStore* keys;
  MessageSink& sink;
  Workspace workspace;
  Dissection dissection;
  std::uint64_t messages = 0;
  std::uint64_t findings = 0;
  // Messages that are not whole yet: bytes, and how many sessions hold some.
  std::uint64_t unfinished_bytes = 0;
  std::uint64_t unfinished_sessions = 0;
  QuestionBudget questions = {};

  void tell(const LooseFinding& finding) {
    ++findings;
    sink.on_finding(finding);
  }
};

class Session final : public StreamConsumer, private UnitSink {
 public:
  Session(AnalysisContext& shared, std::uint32_t number, const Connection& connection, const Stamp& at);
  ~Session() override;

  void on_bytes(Side from, Bytes bytes, const Stamp& at) override;
  void on_gap(Side from, std::uint64_t missing, const Stamp& at) override;
  void on_end(Side from, const Stamp& at) override;
  void on_closed(CloseReason reason, const Stamp& at) override;
  void on_finding(std::optional<Side> from, Finding& finding, const Stamp& at) override;
  void fetch_ahead(int step) const override;

  // Who they are, as far as it is known.
  SessionRecord record(Timestamp time) const;
  // How far one side's stream is read.
  struct Progress {
    std::uint64_t read = 0;  // what lies before is told, or stands between messages
    bool is_inside = false;  // a part of that belongs to a message whose rest has not come
    bool is_ours = false;    // what follows is part of a message, as all before it was
    bool is_opaque = false;  // nothing of it is, as far as known
  };
  Progress progress(Side from) const;

  // Bytes in its streams wait for a key that may come: until retry() nothing more may be told to it.
  bool lacks_key() const { return context_.lacks_key[0] || context_.lacks_key[1]; }
  // There are more keys, or (`is_over`) nothing waits any more from now on.
  void retry(bool is_over);

 private:
  // UnitSink
  void on_unit(Unit& unit) override;
  void on_finding(std::optional<Direction> direction, Finding& finding) override;
  void on_event(Direction direction, std::string_view layer, std::string_view event, std::optional<std::uint64_t> size,
                std::string_view detail) override;
  bool is_message(const JsonIndex& json) const override;

  Direction direction_of(Side side) const {
    return (side == Side::First) == is_first_client_ ? Direction::Client : Direction::Server;
  }
  void decide_roles(Side client);
  Side guess_client(Side sender, const Verdict& verdict) const;
  bool is_server_port(std::uint16_t port) const;
  Direction on_detected(Direction sender, const Verdict& verdict);
  void tell_gap(Direction direction, std::uint64_t missing);
  void end_stream(Side side, bool is_finished);
  std::size_t unfinished(Direction direction);
  void count_unfinished();
  void keep_within_limit();
  void tell_unanswered();
  void tell_conduct(Timestamp until);
  void on_unread(Direction direction);

  void recognize_protocol(const JsonIndex& json);
  void make_state();
  void pair_and_judge(Message& message, Dissection& dissection);
  void dissect_json(Message& message, const JsonIndex& json);
  void fill(Message& message, const Unit& unit);

  AnalysisContext& shared_;
  std::uint32_t number_;
  Connection connection_;
  std::array<std::string, 2> end_texts_;  // by Side; made once, written with every message
  Timestamp opened_;
  Stamp now_;
  bool are_roles_known_ = false;
  bool is_first_client_ = true;
  bool has_ended_[2] = {false, false};  // by Side
  std::uint64_t newest_packet_ = 0;     // of those that brought bytes
  bool is_late_ = false;                // the bytes at hand waited behind a hole while the other side went on
  bool is_ahead_ = false;               // they may stand behind something of the other side that has not come
  std::optional<Timestamp> left_;       // when the first side ended its stream

  Streams streams_;
  LayerContext context_;
  const Protocol* by_port_ = nullptr;
  std::optional<DetectingLayer> layer_;
  const Protocol* protocol_ = nullptr;
  bool is_protocol_forced_ = false;  // the user said so
  bool is_protocol_told_ = false;    // and not only presumed: by the user, by a message, or for long enough
  std::unique_ptr<Dissector> dissector_;
  std::unique_ptr<Conformance> conformance_;  // null where the protocol has none
  std::optional<Exchanges> exchanges_;
  bool is_loss_told_ = false;  // to conformance_

  std::uint32_t messages_ = 0;
  std::uint64_t bytes_[2] = {0, 0};  // by Side
  std::size_t unfinished_ = 0;       // what the shared count has of this session
};

}  // namespace overhear
