#include "capture/reassembly.hpp"

#include <optional>
#include <utility>

#include "base/prefetch.hpp"
#include "capture/tcp_rules.hpp"

namespace overhear {

namespace {

// Only a handshake or bytes open a connection: a lone ACK, FIN or RST is the echo of one that was before the capture.
bool can_open(const TcpSegment& segment) {
  if (has_contradicting_flags(segment) || (segment.flags & TcpFlags::kRst) != 0) return false;
  return (segment.flags & TcpFlags::kSyn) != 0 || length_of(segment) != 0;
}

std::int64_t add(Timestamp time, std::int64_t span) {
  return time.ns > INT64_MAX - 1 - span ? INT64_MAX - 1 : time.ns + span;
}

}  // namespace

Reassembler::Reassembler(ConnectionSink& sink, const Limits& limits) : sink_(sink), limits_(limits) {}

Reassembler::~Reassembler() = default;

std::uint64_t Reassembler::feed(const TcpSegment& segment) {
  advance(segment.at.time);
  ++segments_;
  const Flow flow = flow_of(segment);
  if (flow.key.is_loop()) [[unlikely]] {
    report(tcp_rules::kLand, segment, length_of(segment));
    return 0;
  }

  TcpConnection* connection = table_.find(flow.key);
  if (connection == nullptr || connection->is_closed()) [[unlikely]] {
    const std::uint64_t closed = connection == nullptr ? 0 : connection->number();
    connection = opened_by(connection, flow, segment);
    if (connection == nullptr) return closed;
  }
  connection->last_active = segments_;
  auto outcome = connection->feed(segment, connection->side_of(flow.source_is_low), around());
  if (outcome == TcpConnection::Outcome::Replaced) [[unlikely]] {
    const auto announced = connection->announced();
    close(*connection, CloseReason::Timeout, segment.at);
    table_.erase(*connection);
    connection = &open(flow, segment, announced);
    outcome = connection->feed(segment, connection->side_of(flow.source_is_low), around());
  }
  const std::uint64_t number = connection->number();
  if (outcome == TcpConnection::Outcome::Reset) [[unlikely]] {
    close(*connection, CloseReason::Reset, segment.at);
    return number;
  }
  settle(*connection, segment.at);
  if (memory_.waiting > limits_.reassembly_bytes) [[unlikely]]
    enforce_memory_limit(segment.at);
  return number;
}

Reassembler::Foreseen Reassembler::foresee(const TcpSegment& segment) const {
  const TcpConnection* const connection = table_.find(flow_of(segment).key);
  prefetch(connection, sizeof *connection);
  return {connection, table_.erased(), 0};
}

void Reassembler::fetch_ahead(Foreseen& foreseen) const {
  if (foreseen.connection == nullptr || foreseen.erased != table_.erased()) return;
  foreseen.connection->fetch_ahead(foreseen.step++);
}

// The connection that a segment opens whose endpoints have none that is open; null if it opens none.
TcpConnection* Reassembler::opened_by(TcpConnection* closed, const Flow& flow, const TcpSegment& segment) {
  if (closed == nullptr) {
    if (can_open(segment)) return &open(flow, segment, std::nullopt);
    if (has_contradicting_flags(segment)) report(tcp_rules::kBadFlags, segment, length_of(segment));
    return nullptr;
  }
  const Side from = closed->side_of(flow.source_is_low);
  if (closed->is_reopened_by(segment, from)) {
    table_.erase(*closed);
    return &open(flow, segment, std::nullopt);
  }
  const TcpConnection::Leftover leftover = closed->leftover_of(segment, from);
  if (leftover.rule != nullptr) report(*leftover.rule, segment, leftover.bytes);
  return nullptr;
}

TcpConnection& Reassembler::open(const Flow& flow, const TcpSegment& segment,
                                 const std::optional<NewIncarnation>& announced) {
  make_room(segment.at);
  const bool has_syn = (segment.flags & TcpFlags::kSyn) != 0;
  const bool is_answer = has_syn && (segment.flags & TcpFlags::kAck) != 0;
  const bool first_is_low = announced ? announced->initiator_is_low : flow.source_is_low;
  const bool first_is_source = first_is_low == flow.source_is_low;

  Connection description;
  description.ends = {segment.source, segment.destination};
  if (!first_is_source) std::swap(description.ends[0], description.ends[1]);
  if (announced) {
    description.initiator = Side::First;
  } else if (has_syn) {
    description.initiator = is_answer ? Side::Second : Side::First;
  }
  description.is_midstream = !description.initiator.has_value();

  TcpConnection& connection = table_.insert(flow.key, first_is_low, ++connections_);
  connection.last_active = segments_;
  connection.open(sink_.on_opened(description, segment.at));
  if (announced) {
    connection.stream(Side::First).start_at(announced->initiator_first);
    if (announced->responder_first) connection.stream(Side::Second).start_at(*announced->responder_first);
  }
  table_.idle.set(connection, segments_);
  if (description.is_midstream) connection.report(tcp_rules::kMidstream, segment.at);
  return connection;
}

void Reassembler::make_room(const Stamp& at) {
  while (table_.size() != 0 && table_.size() >= limits_.connections) {
    if (!table_.lingering.empty()) {
      table_.erase(table_.lingering.first());
      continue;
    }
    TcpConnection& silent = table_.longest_idle();
    silent.report(tcp_rules::kConnectionLimit, at);
    close(silent, CloseReason::Timeout, at);
    table_.erase(silent);
  }
}

void Reassembler::advance(Timestamp now) {
  if (now <= now_) return;
  now_ = now;
  while (!table_.deadlines.empty() && table_.deadlines.first_key() <= now_.ns) {
    TcpConnection& connection = table_.deadlines.first();
    connection.expire(around());
    settle(connection, Stamp{now_, connection.last_packet()});
  }
  while (!table_.lingering.empty() && table_.lingering.first_key() <= now_.ns) {
    table_.erase(table_.lingering.first());
  }
}

void Reassembler::settle(TcpConnection& connection, const Stamp& at) {
  if (connection.has_ended()) return close(connection, CloseReason::Fin, at);
  if (!connection.is_waiting() && !table_.deadlines.contains(connection) && !table_.holding.contains(connection)) {
    return;
  }
  table_.deadlines.set(connection, connection.deadline(limits_).ns);
  if (!connection.holds_bytes()) {
    table_.holding.set(connection, TcpConnection::kNotScheduled);
  } else if (!table_.holding.contains(connection)) {
    table_.holding.set(connection, segments_);
  }
}

// What has been holding bytes for longest goes first: it is the least likely to be filled any more, and one connection
// with a hole that nobody fills does not cost the others theirs.
void Reassembler::enforce_memory_limit(const Stamp& at) {
  while (memory_.waiting > limits_.reassembly_bytes && !table_.holding.empty()) {
    TcpConnection& connection = table_.holding.first();
    connection.give_up_holes(around());
    settle(connection, at);
  }
}

void Reassembler::close(TcpConnection& connection, CloseReason reason, const Stamp& at) {
  connection.close(reason, at, around());
  for (Schedule* schedule : {&table_.idle, &table_.deadlines, &table_.holding}) {
    schedule->set(connection, TcpConnection::kNotScheduled);
  }
  table_.lingering.set(connection, add(now_, limits_.linger_time_ns));
}

void Reassembler::finish(const Stamp& at) {
  for (TcpConnection* connection : table_.open_in_order()) close(*connection, CloseReason::EndOfCapture, at);
}

void Reassembler::report(const Rule& rule, const TcpSegment& segment, std::uint64_t bytes) {
  Finding finding;
  finding.rule = &rule;
  if (bytes != 0) finding.bytes = bytes;
  sink_.on_finding(finding, segment.at);
}

}  // namespace overhear
