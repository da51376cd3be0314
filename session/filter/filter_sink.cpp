#include "session/filter/filter_sink.hpp"

#include "dissectors/registry.hpp"

namespace overhear {

FilterSink::OpenSession* FilterSink::find(std::uint32_t session) {
  if (last_ != nullptr && last_number_ == session) return last_;
  const auto found = open_.find(session);
  if (found == open_.end()) return nullptr;
  last_number_ = session;
  last_ = &found->second;
  return last_;
}

void FilterSink::remember(OpenSession& session, const Message& message) {
  session.previous = message.time;
  if (message.protocol != &data_protocol()) session.protocol = message.protocol;
  if (session.user != message.client_name) session.user = message.client_name;
}

void FilterSink::mention(std::uint32_t session) {
  std::uint32_t& known = mentioned_[session % mentioned_.size()];
  if (known == session) return;
  OpenSession* const open = find(session);
  if (open == nullptr) return;
  open->is_mentioned = true;
  known = session;
}

bool FilterSink::passes(Subject& subject, const OpenSession* session, bool is_line) {
  if (!start_ && is_line && subject.time) {
    start_ = subject.time;
    if (on_start_) on_start_(*start_);
  }
  if (start_ && subject.time) subject.since_start_ns = *subject.time - *start_;
  if (session != nullptr && subject.message == nullptr) {
    subject.client = &session->client;
    subject.server = &session->server;
    if (subject.protocol == nullptr) subject.protocol = session->protocol;
    subject.session_user = session->user;
  }
  if (session != nullptr && subject.message != nullptr && session->previous) {
    subject.since_previous_ns = *subject.time - *session->previous;
  }
  const bool is_match = filter_.matches(subject);
  const bool is_of_session = is_line && subject.kind != RecordKind::Session;
  if (is_match && is_of_session) mention(subject.session);
  return is_match;
}

template <typename Record>
void FilterSink::pass_on(const Subject& subject, void (MessageSink::*tell)(const Record&), const Record& record) {
  if (subjects_ != nullptr) return subjects_->on_subject(subject);
  (next_->*tell)(record);
}

void FilterSink::on_message(const Message& message) {
  OpenSession* const session = follows_messages_ ? find(message.session) : nullptr;
  Subject subject = subject_of(message);
  const bool is_match = passes(subject, session, true);
  if (session != nullptr) remember(*session, message);
  ++seen_;
  if (!is_match) return;
  ++shown_;
  pass_on(subject, &MessageSink::on_message, message);
}

void FilterSink::on_finding(const LooseFinding& finding) {
  Subject subject = subject_of(finding);
  if (passes(subject, find(finding.session), true)) pass_on(subject, &MessageSink::on_finding, finding);
}

void FilterSink::on_session_opened(const SessionRecord& session) {
  OpenSession& opened = open_[session.session];
  opened.client = session.client;
  opened.server = session.server;
  Subject subject = subject_of(session);
  SessionRecord judged = session;
  judged.is_shown = passes(subject, &opened, with_events_);
  if (subjects_ == nullptr || judged.is_shown) pass_on(subject, &MessageSink::on_session_opened, judged);
}

void FilterSink::on_session_closed(const SessionRecord& session) {
  OpenSession* const closed = find(session.session);
  Subject subject = subject_of(session);
  SessionRecord judged = session;
  judged.is_shown = passes(subject, closed, with_events_);
  judged.is_mentioned = closed != nullptr && closed->is_mentioned;
  if (subjects_ == nullptr || judged.is_shown) pass_on(subject, &MessageSink::on_session_closed, judged);
  last_ = nullptr;
  open_.erase(session.session);
}

void FilterSink::on_event(const Event& event) {
  Subject subject = subject_of(event);
  if (passes(subject, find(event.session), with_events_)) pass_on(subject, &MessageSink::on_event, event);
}

void FilterSink::on_room_event(const RoomEvent& event) {
  Subject subject = subject_of(event);
  if (passes(subject, find(event.session), with_events_)) pass_on(subject, &MessageSink::on_room_event, event);
}

}  // namespace overhear
