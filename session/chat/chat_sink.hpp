// What takes several messages together, also of several sessions: which line a server brings to others, who is in which
// room, and what a refusal refuses. Stands right behind the analysis, in the order of the packets, and completes what
// passes.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/limits.hpp"
#include "dissectors/message.hpp"
#include "session/chat/deliveries.hpp"
#include "session/chat/rooms.hpp"

namespace overhear {

class ChatSink final : public MessageSink {
 public:
  // Both outlive this.
  ChatSink(const Limits& limits, MessageSink& next)
      : limits_(limits), next_(next), deliveries_(limits), rooms_(limits) {}

  void on_message(const Message& message) override;
  void on_finding(const LooseFinding& finding) override { next_.on_finding(finding); }
  void on_session_opened(const SessionRecord& session) override { next_.on_session_opened(session); }
  void on_session_closed(const SessionRecord& session) override;
  void on_event(const Event& event) override { next_.on_event(event); }

 private:
  // A request's moves, until its answer comes.
  struct AskedMove {
    Move::Kind kind = Move::Kind::Enters;
    std::string user;
    std::string room;
    std::string name;
    bool is_own = false;
  };

  // A request that has moves.
  struct Asked {
    std::vector<AskedMove> moves;
    std::string user;
    std::string room;
  };

  void complete(const Message& message);
  std::optional<Message::Refusal> refusal_of(const Message& answer) const;
  void follow(const Message& message);
  void remember(const Message& message);
  void move(const Message& message, std::span<const Move> moves);
  // `event` has all but what changed.
  void tell(RoomEvent& event, const Rooms::Change& change);

  const Limits& limits_;
  MessageSink& next_;
  Deliveries deliveries_;
  Rooms rooms_;
  std::unordered_map<std::uint64_t, Asked> asked_;  // by session and number: those that wait for their answer
  std::deque<std::uint64_t> asked_order_;           // of the same, the oldest first
  std::vector<Action> actions_;                     // completed
};

}  // namespace overhear
