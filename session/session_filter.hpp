// Lets only some sessions' messages through, and what is about none.
#pragma once

#include <cstdint>
#include <set>

#include "dissectors/message.hpp"

namespace overhear {

class SessionFilter final : public MessageSink {
 public:
  // `sessions` empty: all. `next` outlives this.
  SessionFilter(std::set<std::uint32_t> sessions, MessageSink& next) : sessions_(std::move(sessions)), next_(next) {}

  void on_message(const Message& message) override {
    if (passes(message.session)) next_.on_message(message);
  }
  void on_finding(const LooseFinding& finding) override {
    if (finding.session == 0 || passes(finding.session)) next_.on_finding(finding);
  }
  void on_session_opened(const SessionRecord& session) override {
    if (passes(session.session)) next_.on_session_opened(session);
  }
  void on_session_closed(const SessionRecord& session) override {
    if (passes(session.session)) next_.on_session_closed(session);
  }
  void on_event(const Event& event) override {
    if (passes(event.session)) next_.on_event(event);
  }
  void on_room_event(const RoomEvent& event) override {
    if (passes(event.session)) next_.on_room_event(event);
  }

 private:
  bool passes(std::uint32_t session) const { return sessions_.empty() || sessions_.contains(session); }

  std::set<std::uint32_t> sessions_;
  MessageSink& next_;
};

}  // namespace overhear
