// What a conversation is like in numbers: how much by protocol, type and time, how large, how fast answered, who says
// most, and how regular heartbeats are. A sink as exporters are; memory does not grow with the capture.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "dissectors/message.hpp"
#include "session/statistics/distribution.hpp"
#include "session/statistics/time_series.hpp"
#include "session/statistics/top_list.hpp"

namespace overhear {

struct ProtocolStatistics {
  std::uint64_t messages = 0;
  std::uint64_t by_client = 0;  // of the messages
  std::uint64_t bytes = 0;
  std::uint64_t encrypted = 0;  // could not be opened
  Distribution latencies;
};

// Of one message type: those that are of it, and the answers to those.
struct TypeStatistics {
  const Protocol* protocol = nullptr;
  std::string type;  // empty: without one
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  Distribution sizes;
  Distribution latencies;
};

struct FindingCount {
  Severity severity = Severity::Note;
  std::string_view code;
  std::uint64_t count = 0;
};

class Statistics final : public MessageSink {
 public:
  // Types that no table knows, beyond which they are counted together as "(others)".
  static constexpr std::size_t kUnknownTypes = 256;

  void on_message(const Message& message) override;
  void on_finding(const LooseFinding& finding) override { count(*finding.finding); }
  void on_session_opened(const SessionRecord&) override {}
  void on_session_closed(const SessionRecord& session) override;
  void on_event(const Event& event) override;

  std::uint64_t messages() const { return messages_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t sessions() const { return sessions_; }
  // From the first message to the last; nothing where there is none.
  std::optional<Timestamp> first() const { return first_; }
  std::int64_t duration_ns() const { return first_ ? last_ - *first_ : 0; }

  const TimeSeries& over_time() const { return over_time_; }
  const std::map<std::string_view, ProtocolStatistics>& protocols() const { return protocols_; }
  // By protocol, those with the most messages first.
  std::vector<const TypeStatistics*> types() const;
  const TopList& talkers() const { return talkers_; }
  // Times between two heartbeats of the same sender in the same session, by what they are: "mcp Heartbeat.Ping".
  const std::map<std::string, Distribution>& heartbeats() const { return heartbeats_; }
  // Gravest first, then by code.
  std::vector<FindingCount> findings() const;

 private:
  // When each side of a session last gave a sign of life.
  using Beats = std::array<std::optional<Timestamp>, 2>;

  TypeStatistics& type_of(const Protocol& protocol, std::string_view type);
  void count(const Finding& finding);
  void count_talker(const Message& message);
  void count_beat(const std::string& what, std::uint32_t session, Direction sender, Timestamp time);

  std::uint64_t messages_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t sessions_ = 0;
  std::optional<Timestamp> first_;
  Timestamp last_;
  TimeSeries over_time_;
  std::map<std::string_view, ProtocolStatistics> protocols_;
  std::unordered_map<std::string, TypeStatistics> types_;  // by protocol and type
  std::string key_;                                        // its memory is kept
  std::size_t unknown_types_ = 0;
  TopList talkers_;
  std::string talker_;
  std::map<std::string, Distribution> heartbeats_;
  std::unordered_map<std::uint32_t, Beats> beats_;  // of open sessions
  std::map<std::pair<Severity, std::string_view>, std::uint64_t> findings_;
};

}  // namespace overhear
