// Lets through what a filter matches. Stands behind the analysis, which sees everything whatever is shown; keeps
// account of the open sessions, so that a finding or an event knows its session's ends, protocol and user.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "dissectors/message.hpp"
#include "session/filter/filter.hpp"

namespace overhear {

class FilterSink final : public MessageSink {
 public:
  // `with_events`: sessions and events are lines too, and so the first of them may be what time.relative starts from;
  // `on_start` is told that time. `next` outlives this. Sessions' beginnings and ends are always passed on, since
  // others keep account of them too: whether they are shown stands in them.
  FilterSink(Filter filter, bool with_events, std::function<void(Timestamp)> on_start, MessageSink& next)
      : filter_(std::move(filter)), with_events_(with_events), on_start_(std::move(on_start)), next_(&next) {
    follows_messages_ = std::ranges::any_of(kToldByMessages, [&](FieldId field) { return filter_.reads(field); });
  }
  // What matches goes to who looks at fields.
  FilterSink(Filter filter, bool with_events, SubjectSink& next)
      : filter_(std::move(filter)), with_events_(with_events), subjects_(&next), follows_messages_(true) {}

  void on_message(const Message& message) override;
  void on_finding(const LooseFinding& finding) override;
  void on_session_opened(const SessionRecord& session) override;
  void on_session_closed(const SessionRecord& session) override;
  void on_event(const Event& event) override;
  void on_room_event(const RoomEvent& event) override;

  // Messages that came, and those that were let through.
  std::uint64_t seen() const { return seen_; }
  std::uint64_t shown() const { return shown_; }

 private:
  // What a record knows from the messages before it in its session.
  static constexpr FieldId kToldByMessages[] = {FieldId::TimeDelta, FieldId::Protocol, FieldId::SessionUser};

  struct OpenSession {
    Endpoint client;
    Endpoint server;
    const Protocol* protocol = nullptr;  // null: not known yet
    std::string user;
    std::optional<Timestamp> previous;  // of its last message
    bool is_mentioned = false;          // something of it was let through
  };

  OpenSession* find(std::uint32_t session);
  void remember(OpenSession& session, const Message& message);
  void mention(std::uint32_t session);
  // Fills in what the record does not know by itself, and asks the filter.
  bool passes(Subject& subject, const OpenSession* session, bool is_line);
  template <typename Record>
  void pass_on(const Subject& subject, void (MessageSink::*tell)(const Record&), const Record& record);

  Filter filter_;
  bool with_events_;
  std::function<void(Timestamp)> on_start_;
  MessageSink* next_ = nullptr;  // or
  SubjectSink* subjects_ = nullptr;
  std::optional<Timestamp> start_;
  std::unordered_map<std::uint32_t, OpenSession> open_;
  std::uint32_t last_number_ = 0;  // messages come in runs of one session
  OpenSession* last_ = nullptr;
  bool follows_messages_ = false;                   // somebody may ask what they told
  std::array<std::uint32_t, 1024> mentioned_ = {};  // some that are: where many take turns, to find each takes time
  std::uint64_t seen_ = 0;
  std::uint64_t shown_ = 0;
};

}  // namespace overhear
