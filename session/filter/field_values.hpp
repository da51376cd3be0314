// The values that a field has in a subject. Each visit calls `accept` value by value and ends with true at the first
// that is accepted; an absent field has none. On the hot path: everything here is made to be inlined.
#pragma once

#include <string>

#include "dissectors/json/json_index.hpp"
#include "session/filter/filter_field.hpp"
#include "session/filter/subject.hpp"

namespace overhear {

// Where a protocol stands in filter_choices().
std::int64_t protocol_choice(const Protocol* protocol);

// A message's name as one number, in the order of sessions and then of messages.
constexpr std::int64_t message_name(std::uint32_t session, std::uint32_t number) {
  return static_cast<std::int64_t>(std::uint64_t{session} << 32 | number);
}

inline const Endpoint* endpoint_of(const Subject& subject, bool is_sender) {
  if (!subject.direction) return nullptr;
  return (*subject.direction == Direction::Client) == is_sender ? subject.client : subject.server;
}

template <typename Accept>
bool visit_endpoints(FieldId field, const Subject& subject, Accept accept) {
  const auto one = [&](const Endpoint* endpoint) { return endpoint != nullptr && accept(*endpoint); };
  switch (field) {
    case FieldId::Source:
    case FieldId::SourcePort: return one(endpoint_of(subject, true));
    case FieldId::Destination:
    case FieldId::DestinationPort: return one(endpoint_of(subject, false));
    case FieldId::Address:
    case FieldId::Port: return one(subject.client) || one(subject.server);
    case FieldId::Client:
    case FieldId::ClientPort: return one(subject.client);
    case FieldId::Server:
    case FieldId::ServerPort: return one(subject.server);
    default: return false;
  }
}

template <typename Accept>
bool visit_findings(const Subject& subject, Accept accept) {
  for (const auto findings : {subject.findings, subject.action_findings}) {
    for (const Finding& finding : findings) {
      if (accept(finding)) return true;
    }
  }
  return false;
}

// Numbers, durations and times in nanoseconds, choices, names.
template <typename Accept>
bool visit_integers(FieldId field, const Subject& subject, Accept accept) {
  const auto count = [&](std::uint64_t value) { return accept(static_cast<std::int64_t>(value)); };
  switch (field) {
    case FieldId::Record: return count(static_cast<std::uint64_t>(subject.kind));
    case FieldId::Protocol: return subject.protocol != nullptr && accept(protocol_choice(subject.protocol));
    case FieldId::Session: return subject.session != 0 && count(subject.session);
    case FieldId::MessageNumber: return subject.number != 0 && count(subject.number);
    case FieldId::Message: return subject.number != 0 && accept(message_name(subject.session, subject.number));
    case FieldId::DeliveredFrom: {
      if (subject.message == nullptr || !subject.message->delivered_from) return false;
      const Message::Name& line = *subject.message->delivered_from;
      return accept(message_name(line.session, line.number));
    }
    case FieldId::Time: return subject.time && accept(subject.time->ns);
    case FieldId::TimeFirst: return subject.message != nullptr && accept(subject.message->time_first.ns);
    case FieldId::TimeRelative: return subject.since_start_ns && accept(*subject.since_start_ns);
    case FieldId::TimeDelta: return subject.since_previous_ns && accept(*subject.since_previous_ns);
    case FieldId::Size: return subject.size && count(*subject.size);
    case FieldId::Direction: return subject.direction && count(static_cast<std::uint64_t>(*subject.direction));
    case FieldId::ReplyTo:
      return subject.message != nullptr && subject.message->reply_to && count(*subject.message->reply_to);
    case FieldId::Latency:
      return subject.message != nullptr && subject.message->reply_to && accept(subject.message->latency_ns);
    case FieldId::Packet:
      for (const std::uint64_t packet : subject.packets) {
        if (count(packet)) return true;
      }
      return false;
    case FieldId::FindingSeverity:
      return visit_findings(
          subject, [&](const Finding& finding) { return count(static_cast<std::uint64_t>(finding.rule->severity)); });
    default: return visit_endpoints(field, subject, [&](const Endpoint& endpoint) { return count(endpoint.port); });
  }
}

// Calls `accept` with what a text out of JSON means; what is empty is absent.
template <typename Accept>
bool visit_escaped(std::string_view text, Accept accept) {
  if (text.empty()) return false;
  if (text.find('\\') == std::string_view::npos) return accept(text);
  std::string meaning;
  append_unescaped(meaning, text);
  return accept(std::string_view(meaning));
}

template <typename Accept>
bool visit_message_texts(FieldId field, const Message& message, Accept accept) {
  const auto plain = [&](std::string_view text) { return !text.empty() && accept(text); };
  switch (field) {
    case FieldId::Type: return visit_escaped(message.type, accept);
    case FieldId::Id: return visit_escaped(message.id, accept);
    case FieldId::Text: return visit_escaped(message.text, accept);
    case FieldId::ReplyToType: return visit_escaped(message.reply_type, accept);
    case FieldId::Content: return plain(message.content);
    case FieldId::Decrypted: return plain(message.decrypted);
    case FieldId::Variant: return plain(message.variant);
    case FieldId::Body: return plain(message.body);
    case FieldId::ActionType:
    case FieldId::ActionId:
      for (const Action& action : message.actions) {
        if (visit_escaped(field == FieldId::ActionType ? action.type : action.id, accept)) return true;
      }
      return false;
    default: return false;
  }
}

inline std::string_view finding_text(FieldId field, const Finding& finding) {
  switch (field) {
    case FieldId::FindingCode: return finding.rule->code;
    case FieldId::FindingText: return finding.message();
    case FieldId::FindingField: return finding.field;
    case FieldId::FindingSpec: return finding.citation();
    default: return {};
  }
}

template <typename Accept>
bool visit_texts(FieldId field, const Subject& subject, Accept accept) {
  switch (field) {
    case FieldId::SessionUser: return visit_escaped(subject.session_user, accept);
    case FieldId::User:
      if (subject.message == nullptr) return !subject.user.empty() && accept(subject.user);
      return visit_escaped(subject.message->user, accept);
    case FieldId::Room:
      if (subject.message == nullptr) return !subject.room.empty() && accept(subject.room);
      return visit_escaped(subject.message->room, accept);
    case FieldId::Event: return !subject.event.empty() && accept(subject.event);
    case FieldId::EventLayer: return !subject.layer.empty() && accept(subject.layer);
    case FieldId::FindingCode:
    case FieldId::FindingText:
    case FieldId::FindingField:
    case FieldId::FindingSpec:
      return visit_findings(subject, [&](const Finding& finding) {
        const std::string_view text = finding_text(field, finding);
        return !text.empty() && accept(text);
      });
    default: return subject.message != nullptr && visit_message_texts(field, *subject.message, accept);
  }
}

}  // namespace overhear
