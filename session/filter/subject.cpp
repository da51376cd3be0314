#include "session/filter/subject.hpp"

namespace overhear {

Subject subject_of(const Message& message) {
  const bool is_client = message.direction == Direction::Client;
  Subject subject;
  subject.message = &message;
  subject.session = message.session;
  subject.number = message.number;
  subject.time = message.time;
  subject.direction = message.direction;
  subject.size = message.size;
  subject.client = is_client ? &message.source : &message.destination;
  subject.server = is_client ? &message.destination : &message.source;
  subject.protocol = message.protocol;
  subject.session_user = message.client_name;
  subject.packets = message.packets;
  subject.findings = message.findings;
  subject.action_findings = message.action_findings;
  return subject;
}

Subject subject_of(const LooseFinding& finding) {
  Subject subject;
  subject.kind = RecordKind::Finding;
  subject.session = finding.session;
  subject.number = finding.message;
  subject.time = finding.time;
  subject.direction = finding.direction;
  if (finding.packet != 0) subject.packets = {&finding.packet, 1};
  subject.findings = {finding.finding, 1};
  return subject;
}

Subject subject_of(const SessionRecord& session) {
  Subject subject;
  subject.kind = RecordKind::Session;
  subject.session = session.session;
  subject.time = session.time;
  subject.client = &session.client;
  subject.server = &session.server;
  subject.protocol = session.protocol;
  subject.event = session.reason.empty() ? "opened" : "closed";
  return subject;
}

Subject subject_of(const Event& event) {
  Subject subject;
  subject.kind = RecordKind::Event;
  subject.session = event.session;
  subject.time = event.time;
  subject.direction = event.direction;
  subject.size = event.size;
  subject.event = event.event;
  subject.layer = event.layer;
  return subject;
}

Subject subject_of(const RoomEvent& event) {
  Subject subject;
  subject.kind = RecordKind::Room;
  subject.session = event.session;
  subject.number = event.message;
  subject.time = event.time;
  subject.protocol = event.protocol;
  subject.event = event.event;
  subject.user = event.user;
  subject.room = event.room;
  return subject;
}

}  // namespace overhear
