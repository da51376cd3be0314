#include "session/statistics/json_statistics.hpp"

#include "dissectors/protocol.hpp"
#include "session/export/json_text.hpp"
#include "session/export/json_writer.hpp"

namespace overhear {
namespace {

constexpr std::size_t kTalkers = 100;

void put_distribution(JsonWriter& json, std::string_view key, const Distribution& values) {
  if (values.count() == 0) return;
  json.key(key);
  json.begin_object(JsonWriter::Layout::Line);
  json.member("count", values.count());
  json.member("min", values.least());
  json.member("mean", values.mean());
  json.member("p50", values.percentile(500));
  json.member("p90", values.percentile(900));
  json.member("p95", values.percentile(950));
  json.member("p99", values.percentile(990));
  json.member("max", values.greatest());
  json.end_object();
}

void put_time(JsonWriter& json, std::string_view key, Timestamp time) {
  TextBuffer text;
  TimeFormatter().append(text, time);
  json.member(key, text.view());
}

void put_over_time(JsonWriter& json, const TimeSeries& series) {
  json.key("over_time");
  json.begin_object();
  put_time(json, "begin", series.begin());
  json.member("interval_ns", series.interval_ns());
  for (const auto& [key, member] :
       {std::pair("messages", &TimeSeries::Interval::messages), std::pair("bytes", &TimeSeries::Interval::bytes)}) {
    json.key(key);
    json.begin_list(JsonWriter::Layout::Line);
    for (const TimeSeries::Interval& interval : series.intervals()) json.value(interval.*member);
    json.end_list();
  }
  json.end_object();
}

void put_protocols(JsonWriter& json, const Statistics& statistics) {
  json.key("protocols");
  json.begin_list();
  for (const auto& [name, protocol] : statistics.protocols()) {
    json.begin_object(JsonWriter::Layout::Line);
    json.member("protocol", name);
    json.member("messages", protocol.messages);
    json.member("client", protocol.by_client);
    json.member("server", protocol.messages - protocol.by_client);
    json.member("bytes", protocol.bytes);
    if (protocol.encrypted > 0) json.member("encrypted", protocol.encrypted);
    put_distribution(json, "latency_ns", protocol.latencies);
    json.end_object();
  }
  json.end_list();
}

void put_types(JsonWriter& json, const Statistics& statistics) {
  json.key("types");
  json.begin_list();
  for (const TypeStatistics* type : statistics.types()) {
    json.begin_object(JsonWriter::Layout::Line);
    json.member("protocol", type->protocol->name);
    if (!type->type.empty()) json.member("type", type->type);
    json.member("messages", type->messages);
    json.member("bytes", type->bytes);
    put_distribution(json, "size", type->sizes);
    put_distribution(json, "latency_ns", type->latencies);
    json.end_object();
  }
  json.end_list();
}

void put_talkers(JsonWriter& json, const TopList& talkers) {
  json.key("talkers");
  json.begin_list();
  for (const TopList::Entry& one : talkers.top(kTalkers)) {
    json.begin_object(JsonWriter::Layout::Line);
    json.member("name", one.name);
    json.member("messages", one.messages);
    json.member("bytes", one.bytes);
    json.end_object();
  }
  json.end_list();
}

void put_heartbeats(JsonWriter& json, const Statistics& statistics) {
  json.key("heartbeats");
  json.begin_list();
  for (const auto& [what, intervals] : statistics.heartbeats()) {
    json.begin_object(JsonWriter::Layout::Line);
    json.member("heartbeat", what);
    put_distribution(json, "interval_ns", intervals);
    json.end_object();
  }
  json.end_list();
}

void put_findings(JsonWriter& json, const Statistics& statistics) {
  json.key("findings");
  json.begin_list();
  for (const FindingCount& one : statistics.findings()) {
    json.begin_object(JsonWriter::Layout::Line);
    json.member("severity", to_string(one.severity));
    json.member("code", one.code);
    json.member("count", one.count);
    json.end_object();
  }
  json.end_list();
}

}  // namespace

void write_json_statistics(const Statistics& statistics, std::string_view source, TextBuffer& out) {
  JsonWriter json(out);
  json.begin_object();
  json.member("schema", "overhear-stats/1");
  json.member("source", source);
  json.member("messages", statistics.messages());
  json.member("bytes", statistics.bytes());
  json.member("sessions", statistics.sessions());
  if (statistics.first()) {
    put_time(json, "first", *statistics.first());
    json.member("duration_ns", statistics.duration_ns());
    put_over_time(json, statistics.over_time());
  }
  put_protocols(json, statistics);
  put_types(json, statistics);
  put_talkers(json, statistics.talkers());
  put_heartbeats(json, statistics);
  put_findings(json, statistics);
  json.end_object();
}

}  // namespace overhear
