#include "session/statistics/statistics.hpp"

#include <algorithm>
#include <tuple>

#include "base/utf8.hpp"
#include "dissectors/json/json_index.hpp"
#include "dissectors/protocol.hpp"

namespace overhear {
namespace {

constexpr std::size_t kNameBytes = 100;  // of a type or a user
constexpr std::string_view kOthers = "(others)";
constexpr std::string_view kHeartbeat = "Heartbeat.Ping";

}  // namespace

void Statistics::on_message(const Message& message) {
  ++messages_;
  bytes_ += message.size;
  if (!first_) first_ = last_ = message.time;
  last_ = std::max(last_, message.time);
  over_time_.add(message.time, message.size);

  ProtocolStatistics& protocol = protocols_[message.protocol->name];
  ++protocol.messages;
  if (message.direction == Direction::Client) ++protocol.by_client;
  protocol.bytes += message.size;
  if (message.is_encrypted) ++protocol.encrypted;

  TypeStatistics& type = type_of(*message.protocol, message.type);
  ++type.messages;
  type.bytes += message.size;
  type.sizes.add(static_cast<std::int64_t>(message.size));
  if (message.reply_to) {
    protocol.latencies.add(message.latency_ns);
    type_of(*message.protocol, message.reply_type).latencies.add(message.latency_ns);
  }
  count_talker(message);
  if (message.type == kHeartbeat) count_beat("mcp Heartbeat.Ping", message.session, message.direction, message.time);
  for (const Finding& finding : message.findings) count(finding);
  for (const Finding& finding : message.action_findings) count(finding);
}

void Statistics::on_session_closed(const SessionRecord& session) {
  beats_.erase(session.session);
  if (session.is_shown || session.is_mentioned) ++sessions_;
}

void Statistics::on_event(const Event& event) {
  if (event.layer == "ws" && event.event == "ping" && event.direction) {
    count_beat("ws ping", event.session, *event.direction, event.time);
  }
}

TypeStatistics& Statistics::type_of(const Protocol& protocol, std::string_view type) {
  key_ = protocol.name;
  key_ += ' ';
  key_ += utf8_prefix(type, kNameBytes);
  auto found = types_.find(key_);
  if (found == types_.end()) {
    if (std::ranges::find(protocol.messages, type, &MessageType::name) == protocol.messages.end() &&
        ++unknown_types_ > kUnknownTypes) {
      key_ = protocol.name;
      key_ += ' ';
      key_ += kOthers;
    }
    bool is_new = false;
    std::tie(found, is_new) = types_.try_emplace(key_);
    found->second.protocol = &protocol;
    if (is_new) append_unescaped(found->second.type, std::string_view(key_).substr(protocol.name.size() + 1));
  }
  return found->second;
}

// A user by the name that the session's client has told, else an address.
void Statistics::count_talker(const Message& message) {
  const bool is_client = message.direction == Direction::Client;
  talker_.clear();
  if (is_client && !message.client_name.empty()) {
    append_unescaped(talker_, utf8_prefix(message.client_name, kNameBytes));
  } else {
    talker_ = message.source_text;
    // A client's port is another one each time.
    if (is_client) talker_.resize(std::min(talker_.rfind(':'), talker_.size()));
  }
  talkers_.add(talker_, message.size);
}

void Statistics::count_beat(const std::string& what, std::uint32_t session, Direction sender, Timestamp time) {
  std::optional<Timestamp>& last = beats_[session][static_cast<std::size_t>(sender)];
  Distribution& intervals = heartbeats_[what];
  if (last) intervals.add(time - *last);
  last = time;
}

void Statistics::count(const Finding& finding) {
  ++findings_[{finding.rule->severity, finding.rule->code}];
}

std::vector<const TypeStatistics*> Statistics::types() const {
  std::vector<const TypeStatistics*> all;
  for (const auto& [key, type] : types_) all.push_back(&type);
  std::ranges::sort(all, {}, [](const TypeStatistics* type) {
    return std::tuple(type->protocol->name, -static_cast<std::int64_t>(type->messages), std::string_view(type->type));
  });
  return all;
}

std::vector<FindingCount> Statistics::findings() const {
  std::vector<FindingCount> all;
  for (const auto& [rule, count] : findings_) all.push_back({rule.first, rule.second, count});
  std::ranges::sort(all, {},
                    [](const FindingCount& one) { return std::pair(-static_cast<int>(one.severity), one.code); });
  return all;
}

}  // namespace overhear
