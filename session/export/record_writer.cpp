#include "session/export/record_writer.hpp"

#include <cstring>
#include <functional>
#include <string>

#include "decrypt/base64.hpp"
#include "dissectors/protocol.hpp"

namespace overhear {
namespace {

// `,"key":` — every key but a record's first has something before it.
template <std::size_t kSize>
void append_key(TextBuffer& out, const char (&key)[kSize]) {
  char* const place = out.extend(kSize + 3);
  place[0] = ',';
  place[1] = '"';
  std::memcpy(place + 2, key, kSize - 1);
  place[kSize + 1] = '"';
  place[kSize + 2] = ':';
}

// REQUIRES: `value` is from a table of ours or an address, nothing to escape.
template <std::size_t kSize>
void append_plain(TextBuffer& out, const char (&key)[kSize], std::string_view value) {
  append_key(out, key);
  out += '"';
  out += value;
  out += '"';
}

template <std::size_t kSize>
void append_as_sent(TextBuffer& out, const char (&key)[kSize], std::string_view escaped) {
  if (escaped.empty()) return;
  append_key(out, key);
  append_json_string_as_sent(out, escaped);
}

template <std::size_t kSize>
void append_count(TextBuffer& out, const char (&key)[kSize], std::uint64_t value) {
  append_key(out, key);
  append_number(out, value);
}

template <std::size_t kSize>
void append_endpoint_key(TextBuffer& out, const char (&key)[kSize], const Endpoint& endpoint) {
  append_key(out, key);
  out += '"';
  out.end_at(write_endpoint(out.room(kMaxEndpointText), endpoint));
  out += '"';
}

void append_packets(TextBuffer& out, std::span<const std::uint64_t> packets) {
  if (packets.empty()) return;
  append_key(out, "packets");
  char separator = '[';
  for (const std::uint64_t packet : packets) {
    out += separator;
    append_number(out, packet);
    separator = ',';
  }
  out += ']';
}

// severity, code, field, spec, text, bytes, count: the same wherever a finding stands. `out` ends behind what comes
// before.
void append_finding_keys(TextBuffer& out, const Finding& finding, bool is_first) {
  if (is_first) {
    out += "\"severity\":\"";
    out += to_string(finding.rule->severity);
    out += '"';
  } else {
    append_plain(out, "severity", to_string(finding.rule->severity));
  }
  append_plain(out, "code", finding.rule->code);
  if (!finding.field.empty()) {
    append_key(out, "field");
    append_json_string(out, finding.field);
  }
  if (!finding.citation().empty()) append_plain(out, "spec", finding.citation());
  append_key(out, "text");
  append_json_string(out, finding.message());
  if (finding.bytes) append_count(out, "bytes", *finding.bytes);
  if (finding.count != 1) append_count(out, "count", finding.count);
}

void append_findings(TextBuffer& out, std::span<const Finding> findings) {
  if (findings.empty()) return;
  append_key(out, "findings");
  char separator = '[';
  for (const Finding& finding : findings) {
    out += separator;
    out += '{';
    append_finding_keys(out, finding, true);
    out += '}';
    separator = ',';
  }
  out += ']';
}

// A part of the message's JSON, most often: then it is valid as it stands, and looked at already.
template <std::size_t kSize>
void append_said(TextBuffer& out, const char (&key)[kSize], std::string_view text, const Message& message) {
  const std::string_view whole = message.json == nullptr ? std::string_view() : message.json->text();
  const std::less_equal<> is_before;
  const bool lies_inside =
      is_before(whole.data(), text.data()) && is_before(text.data() + text.size(), whole.data() + whole.size());
  if (text.empty() || !lies_inside || message.json->flags().unsafe_in_strings) return append_as_sent(out, key, text);
  append_key(out, key);
  out += '"';
  out.append(text.data(), text.size());
  out += '"';
}

// What is said in a message, or in an action of it.
void append_line(TextBuffer& out, const auto& line, const Message& message) {
  if (line.delivered_from) {
    append_key(out, "delivered_from");
    out += "{\"session\":";
    append_number(out, line.delivered_from->session);
    append_count(out, "number", line.delivered_from->number);
    out += '}';
  }
  append_said(out, "user", line.user, message);
  append_said(out, "room", line.room, message);
  append_said(out, "text", line.text, message);
}

}  // namespace

void RecordWriter::append_time(TextBuffer& out, Timestamp time) {
  out += '"';
  times_.append(out, time);
  out += '"';
}

void RecordWriter::capture(TextBuffer& out, std::string_view source) {
  out += "{\"record\":\"capture\"";
  append_plain(out, "schema", kExportSchema);
  append_key(out, "source");
  append_json_string(out, source);
  out += '}';
}

void RecordWriter::message(TextBuffer& out, const Message& message) {
  out += "{\"record\":\"message\"";
  append_count(out, "session", message.session);
  append_count(out, "number", message.number);
  append_key(out, "time");
  append_time(out, message.time);
  if (message.time_first != message.time) {
    append_key(out, "time_first");
    append_time(out, message.time_first);
  }
  append_plain(out, "direction", to_string(message.direction));
  append_plain(out, "src", message.source_text);
  append_plain(out, "dst", message.destination_text);
  append_plain(out, "protocol", message.protocol->name);
  append_as_sent(out, "type", message.type);
  append_as_sent(out, "id", message.id);
  append_count(out, "size", message.size);
  append_packets(out, message.packets);
  if (!message.decrypted.empty()) append_plain(out, "decrypted", message.decrypted);
  if (!message.variant.empty()) append_plain(out, "variant", message.variant);
  if (message.is_encrypted) {
    append_key(out, "encrypted");
    out += "true";
  }
  if (message.boundaries_unknown) append_plain(out, "boundaries", "unknown");
  if (message.reply_to) {
    append_count(out, "reply_to", *message.reply_to);
    append_count(out, "latency_ns", static_cast<std::uint64_t>(message.latency_ns));
  }
  append_line(out, message, message);
  append_findings(out, message.findings);
  actions(out, message);
  if (!message.content.empty()) {
    append_key(out, "content");
    append_json_string(out, message.content);
  }
  body(out, message);
  out += '}';
}

void RecordWriter::actions(TextBuffer& out, const Message& message) {
  if (message.actions.empty()) return;
  append_key(out, "actions");
  char separator = '[';
  for (const Action& action : message.actions) {
    out += separator;
    out += "{\"index\":";
    append_number(out, action.index);
    append_as_sent(out, "type", action.type);
    append_as_sent(out, "id", action.id);
    append_line(out, action, message);
    append_findings(out, message.action_findings.subspan(action.first_finding, action.findings));
    out += '}';
    separator = ',';
  }
  out += ']';
}

void RecordWriter::body(TextBuffer& out, const Message& message) {
  // A text that common readers refuse would take its whole record with it.
  const bool is_readable =
      message.json != nullptr && !message.json->flags().byte_order_mark && !message.json->flags().huge_number;
  if (is_readable) {
    if (message.json->flags().unsafe_in_strings) {
      append_key(out, "escaped");
      out += "true";
    }
    append_key(out, "body");
    append_json_body(out, *message.json);
    return;
  }
  append_key(out, "body_base64");
  out += '"';
  std::string text;
  append_base64(text, as_bytes(message.body));
  out += text;
  out += '"';
}

void RecordWriter::finding(TextBuffer& out, const LooseFinding& finding) {
  out += "{\"record\":\"finding\"";
  if (finding.time) {
    append_key(out, "time");
    append_time(out, *finding.time);
  }
  if (finding.session != 0) append_count(out, "session", finding.session);
  if (finding.message != 0) append_count(out, "message", finding.message);
  if (finding.direction) append_plain(out, "direction", to_string(*finding.direction));
  if (finding.packet != 0) append_packets(out, std::span(&finding.packet, 1));
  append_finding_keys(out, *finding.finding, false);
  out += '}';
}

void RecordWriter::session(TextBuffer& out, const SessionRecord& session, std::string_view event) {
  out += "{\"record\":\"session\"";
  append_count(out, "session", session.session);
  append_plain(out, "event", event);
  append_key(out, "time");
  append_time(out, session.time);
  append_endpoint_key(out, "client", session.client);
  append_endpoint_key(out, "server", session.server);
  if (session.protocol != nullptr) append_plain(out, "protocol", session.protocol->name);
  append_as_sent(out, "user", session.user);
  if (!session.reason.empty()) {
    append_plain(out, "reason", session.reason);
    append_count(out, "messages", session.messages);
    append_count(out, "bytes_client", session.bytes_client);
    append_count(out, "bytes_server", session.bytes_server);
  }
  out += '}';
}

void RecordWriter::event(TextBuffer& out, const Event& event) {
  out += "{\"record\":\"event\"";
  append_count(out, "session", event.session);
  append_key(out, "time");
  append_time(out, event.time);
  if (event.direction) append_plain(out, "direction", to_string(*event.direction));
  append_plain(out, "layer", event.layer);
  append_plain(out, "event", event.event);
  if (event.size) append_count(out, "size", *event.size);
  if (!event.detail.empty()) {
    append_key(out, "detail");
    append_json_string(out, event.detail);
  }
  out += '}';
}

void RecordWriter::room_event(TextBuffer& out, const RoomEvent& event) {
  out += "{\"record\":\"room\"";
  append_count(out, "session", event.session);
  if (event.message != 0) append_count(out, "message", event.message);
  append_key(out, "time");
  append_time(out, event.time);
  append_endpoint_key(out, "server", event.server);
  append_plain(out, "protocol", event.protocol->name);
  append_plain(out, "event", event.event);
  if (!event.user.empty()) {
    append_key(out, "user");
    append_json_string(out, event.user);
  }
  if (!event.room.empty()) {
    append_key(out, "room");
    append_json_string(out, event.room);
  }
  if (!event.name.empty()) {
    append_key(out, "name");
    append_json_string(out, event.name);
  }
  if (!event.room.empty()) append_count(out, "members", event.members);
  out += '}';
}

}  // namespace overhear
