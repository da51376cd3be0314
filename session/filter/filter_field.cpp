#include "session/filter/filter_field.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/finding.hpp"
#include "base/nearest.hpp"
#include "dissectors/message.hpp"
#include "dissectors/protocol.hpp"
#include "dissectors/registry.hpp"
#include "session/filter/subject.hpp"

namespace overhear {
namespace {

namespace table {

using enum FilterType;

constexpr FilterField kFields[] = {
    {"protocol", FieldId::Protocol, Choice, "what is spoken; data where nobody knows", "protocol == mcp"},
    {"type", FieldId::Type, Text, "the message's type, as overhear protocols lists it", "type == Room.Join"},
    {"id", FieldId::Id, Text, "what pairs a request with its answers", "id == 17"},
    {"message", FieldId::Message, Name, "its name: session and number within it", "message == 3.12"},
    {"session", FieldId::Session, Numeric, "the session's number", "session in {1, 3}", "tcp.stream"},
    {"number", FieldId::MessageNumber, Numeric, "the message's number within its session", "number <= 10"},
    {"record", FieldId::Record, Choice, "what it is: message, finding, session, event or room", "record == message"},

    {"time", FieldId::Time, Time, "of the packet that completed it", "time >= 2026-11-20T12:00:00Z", "frame.time"},
    {"time.first", FieldId::TimeFirst, Time, "of the packet with its first byte", "time.first < 2026-11-20T12:00:00Z"},
    {"time.relative", FieldId::TimeRelative, Duration, "since the first line, as the timeline shows it",
     "time.relative > 1.5s", "frame.time_relative"},
    {"time.delta", FieldId::TimeDelta, Duration, "since the message before it in the session", "time.delta > 10s",
     "frame.time_delta"},
    {"size", FieldId::Size, Numeric, "bytes on the wire", "size > 4096", "frame.len"},
    {"packet", FieldId::Packet, Numeric, "packets that carried it", "packet == 41", "frame.number"},

    {"direction", FieldId::Direction, Choice, "who sent it: client or server", "direction == client"},
    {"src", FieldId::Source, Address, "where it came from", "src == 10.0.0.1:3072", "ip.src"},
    {"dst", FieldId::Destination, Address, "where it went", "dst == 10.0.0.0/8", "ip.dst"},
    {"addr", FieldId::Address, Address, "either of the two", "addr == ::1", "ip.addr"},
    {"client", FieldId::Client, Address, "the end that opened the connection", "client == 10.0.0.7"},
    {"server", FieldId::Server, Address, "the other end", "server == 10.0.0.1:3072"},
    {"src.port", FieldId::SourcePort, Numeric, "port that it came from", "src.port == 3072", "tcp.srcport"},
    {"dst.port", FieldId::DestinationPort, Numeric, "port that it went to", "dst.port in {3072, 9000}", "tcp.dstport"},
    {"port", FieldId::Port, Numeric, "either of the two", "port == 9000", "tcp.port"},
    {"client.port", FieldId::ClientPort, Numeric, "the client's port", "client.port == 51234"},
    {"server.port", FieldId::ServerPort, Numeric, "the server's port", "server.port == 3072"},

    {"user", FieldId::User, Text, "who speaks or is spoken of", "user == alice"},
    {"session.user", FieldId::SessionUser, Text, "who the session's client is", "session.user == alice"},
    {"room", FieldId::Room, Text, "room, channel or session of the chat", "room == general"},
    {"text", FieldId::Text, Text, "what was said", "text contains \"hello\""},
    {"content", FieldId::Content, Text, "what was opened inside the body (cchat)", "content contains agenda"},

    {"reply_to", FieldId::ReplyTo, Numeric, "number of the request that this answers", "reply_to == 11"},
    {"reply_to.type", FieldId::ReplyToType, Text, "that request's type", "reply_to.type == Room.Join"},
    {"delivered_from", FieldId::DeliveredFrom, Name, "the line of some session that this brings to its client",
     "delivered_from == 3.12"},
    {"latency", FieldId::Latency, Duration, "from that request's last byte to this one's first", "latency > 200ms"},

    {"encrypted", FieldId::Encrypted, Flag, "it could not be opened", "!encrypted"},
    {"decrypted", FieldId::Decrypted, Text, "by which kind of key it was opened", "decrypted == tls-keylog"},
    {"variant", FieldId::Variant, Text, "which form of MCP's encryption", "variant == raw"},

    {"finding", FieldId::Finding, Flag, "something was found about it", "finding", "_ws.expert"},
    {"finding.severity", FieldId::FindingSeverity, Severity, "note < warning < error", "finding.severity >= warning",
     "_ws.expert.severity"},
    {"finding.code", FieldId::FindingCode, Text, "which rule", "finding.code == tcp.gap"},
    {"finding.text", FieldId::FindingText, Text, "what is said about it", "finding.text contains missing",
     "_ws.expert.message"},
    {"finding.field", FieldId::FindingField, Text, "JSON pointer of the field that is meant",
     "finding.field == /data/room"},
    {"finding.spec", FieldId::FindingSpec, Text, "where the rule is written", "finding.spec contains \"RFC 6455\""},

    {"action.type", FieldId::ActionType, Text, "types of the actions in a batch (GradAgenda)", "action.type == close"},
    {"action.id", FieldId::ActionId, Text, "ids of the actions in a batch", "action.id == 5f2a9c01"},

    {"event", FieldId::Event, Text, "with --events: opened, closed, ping, entered, left, …", "event == ping"},
    {"event.layer", FieldId::EventLayer, Text, "the layer that tells it: tls, http, ws", "event.layer == ws"},

    {"body", FieldId::Body, Text, "the message as it stood on the wire", "body contains \"\\x00\""},
    {"body.NAME", FieldId::BodyPlace, Json, "what stands there in its JSON", "body.data.users[0].id == 7"},
};

}  // namespace table

using table::kFields;

constexpr std::string_view kDirections[] = {to_string(Direction::Client), to_string(Direction::Server)};
constexpr std::string_view kSeverities[] = {to_string(Severity::Note), to_string(Severity::Warning),
                                            to_string(Severity::Error)};

const std::vector<std::string_view>& protocol_names() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> names;
    for (const Protocol* protocol : all_protocols()) names.push_back(protocol->name);
    names.push_back(data_protocol().name);
    return names;
  }();
  return kNames;
}

}  // namespace

std::span<const FilterField> filter_fields() {
  return kFields;
}

const FilterField* find_filter_field(std::string_view name) {
  const auto* const found = std::ranges::find(kFields, name, &FilterField::name);
  return found == std::end(kFields) || found->id == FieldId::BodyPlace ? nullptr : found;
}

const FilterField& filter_field(FieldId id) {
  return *std::ranges::find(kFields, id, &FilterField::id);
}

const FilterField* nearest_filter_field(std::string_view name) {
  for (const FilterField& field : kFields) {
    if (!field.elsewhere.empty() && field.elsewhere == name) return &field;
  }
  std::vector<std::string_view> names;
  for (const FilterField& field : kFields) {
    if (field.id != FieldId::BodyPlace) names.push_back(field.name);
  }
  const std::string_view meant = nearest(name, names);
  return meant.empty() ? nullptr : find_filter_field(meant);
}

std::span<const std::string_view> filter_choices(FieldId id) {
  switch (id) {
    case FieldId::Protocol: return protocol_names();
    case FieldId::Direction: return kDirections;
    case FieldId::FindingSeverity: return kSeverities;
    case FieldId::Record: return kRecordKinds;
    default: return {};
  }
}

std::string_view name_of(FilterType type) {
  switch (type) {
    case FilterType::Text: return "text";
    case FilterType::Numeric: return "number";
    case FilterType::Duration: return "duration";
    case FilterType::Time: return "time";
    case FilterType::Choice: return "choice";
    case FilterType::Severity: return "severity";
    case FilterType::Name: return "name";
    case FilterType::Address: return "address";
    case FilterType::Flag: return "flag";
    case FilterType::Json: return "json";
  }
  return {};
}

std::string_view describe(FilterType type) {
  switch (type) {
    case FilterType::Text: return "text";
    case FilterType::Numeric: return "a number";
    case FilterType::Duration: return "a duration";
    case FilterType::Time: return "a time";
    case FilterType::Choice: return "one of a few names";
    case FilterType::Severity: return "a severity";
    case FilterType::Name: return "a message's name";
    case FilterType::Address: return "an address";
    case FilterType::Flag: return "there or not";
    case FilterType::Json: return "a value in the body";
  }
  return {};
}

std::span<const std::string_view> operators_of(FilterType type) {
  static constexpr std::string_view kOperators[] = {"==", "!=", "in", "<", "<=", ">", ">=", "contains", "matches"};
  constexpr std::size_t kEqual = 3;
  constexpr std::size_t kOrdered = 7;
  switch (type) {
    case FilterType::Flag: return {};
    case FilterType::Choice:
    case FilterType::Address: return std::span(kOperators).first(kEqual);
    case FilterType::Numeric:
    case FilterType::Duration:
    case FilterType::Time:
    case FilterType::Severity:
    case FilterType::Name: return std::span(kOperators).first(kOrdered);
    case FilterType::Text:
    case FilterType::Json: return kOperators;
  }
  return {};
}

}  // namespace overhear
