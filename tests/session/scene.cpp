#include "tests/session/scene.hpp"

#include <fmt/format.h>

#include "dissectors/protocol.hpp"
#include "tests/support/capture_builder.hpp"

namespace overhear::testing {
namespace {

std::vector<std::string> codes_of(std::span<const Finding> findings) {
  std::vector<std::string> codes;
  for (const Finding& finding : findings) codes.emplace_back(finding.rule->code);
  return codes;
}

HeardSession copy(const SessionRecord& session) {
  return {session.session,
          to_string(session.client),
          to_string(session.server),
          session.protocol == nullptr ? "" : std::string(session.protocol->name),
          std::string(session.reason),
          std::string(session.user),
          session.messages,
          session.bytes_client,
          session.bytes_server};
}

}  // namespace

void Wire::say(Side from, std::string_view bytes) {
  // A copy that is gone after the call, so that a view kept too long shows under a sanitizer.
  const std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
  consumer_->on_bytes(from, copy, scene_.next());
}

void Wire::say_at(Side from, std::string_view bytes, const Stamp& at) {
  consumer_->on_bytes(from, as_bytes(bytes), at);
}

void Wire::say_ahead(Side from, std::string_view bytes) {
  Stamp at = scene_.next();
  at.is_ahead = true;
  consumer_->on_bytes(from, as_bytes(bytes), at);
}

void Wire::lose(Side from, std::uint64_t bytes) {
  consumer_->on_gap(from, bytes, scene_.next());
}

void Wire::end(Side from) {
  consumer_->on_end(from, scene_.next());
}

void Wire::observe(std::optional<Side> from, const Rule& rule) {
  Finding finding{.rule = &rule, .spec = {}, .text = {}, .field = {}, .bytes = {}};
  consumer_->on_finding(from, finding, scene_.next());
}

void Wire::close(CloseReason reason) {
  if (reason == CloseReason::Fin) {
    end(Side::First);
    end(Side::Second);
  }
  consumer_->on_closed(reason, scene_.next());
  consumer_.reset();
}

Scene::Scene(AnalysisOptions options, KeyStore* keys)
    : options_(std::move(options)), analyzer_(options_, keys, *this) {}

Wire Scene::open(const Opening& opening) {
  Connection connection;
  connection.ends = {endpoint(opening.first), endpoint(opening.second)};
  connection.initiator = opening.initiator;
  connection.is_midstream = opening.is_midstream;
  return {*this, analyzer_.on_opened(connection, next())};
}

Stamp Scene::next() {
  ++packet_;
  const Stamp at{{(static_cast<std::int64_t>(packet_) + waited_) * kSecond}, packet_};
  analyzer_.on_time(at.time);
  return at;
}

void Scene::wait(std::int64_t seconds) {
  waited_ += seconds;
  next();
}

void Scene::observe(const Rule& rule) {
  Finding finding{.rule = &rule, .spec = {}, .text = {}, .field = {}, .bytes = {}};
  analyzer_.on_finding(finding, next());
}

std::vector<std::string> Scene::bodies(std::uint32_t session, Direction direction) const {
  std::vector<std::string> out;
  for (const HeardMessage& message : messages) {
    if (message.session == session && message.direction == direction) out.push_back(message.body);
  }
  return out;
}

std::vector<std::string> Scene::finding_codes() const {
  std::vector<std::string> out;
  for (const HeardFinding& finding : findings) out.push_back(finding.code);
  return out;
}

void Scene::on_message(const Message& message) {
  order.push_back(fmt::format("message {}.{}", message.session, message.number));
  messages.push_back({message.session,
                      message.number,
                      message.direction,
                      to_string(message.source),
                      to_string(message.destination),
                      message.time_first.ns / kSecond,
                      message.time.ns / kSecond,
                      {message.packets.begin(), message.packets.end()},
                      message.size,
                      std::string(message.protocol->name),
                      std::string(message.type),
                      std::string(message.id),
                      message.reply_to,
                      message.latency_ns,
                      std::string(message.reply_type),
                      std::string(message.client_name),
                      message.json != nullptr,
                      message.is_encrypted,
                      std::string(message.body),
                      codes_of(message.findings)});
}

void Scene::on_finding(const LooseFinding& finding) {
  order.push_back(fmt::format("finding {}", finding.finding->rule->code));
  findings.push_back({std::string(finding.finding->rule->code), std::string(finding.finding->message()),
                      finding.session, finding.message, finding.direction, finding.packet,
                      finding.time.value_or(Timestamp{}).ns / kSecond});
}

void Scene::on_session_opened(const SessionRecord& session) {
  order.push_back(fmt::format("opened {}", session.session));
  opened.push_back(copy(session));
}

void Scene::on_session_closed(const SessionRecord& session) {
  order.push_back(fmt::format("closed {}", session.session));
  closed.push_back(copy(session));
}

void Scene::on_event(const Event& event) {
  order.push_back(fmt::format("event {} {}", event.layer, event.event));
  events.push_back(fmt::format("{} {}", event.layer, event.event));
}

std::string with_length(std::string_view json) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(json.size() >> shift & 0xFF);
  return out.append(json);
}

}  // namespace overhear::testing
