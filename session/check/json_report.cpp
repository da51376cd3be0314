#include "session/check/json_report.hpp"

#include "dissectors/protocol.hpp"
#include "session/export/json_text.hpp"
#include "session/export/json_writer.hpp"

namespace overhear {
namespace {

constexpr std::string_view kSchema = "overhear-check/1";

void put_place(JsonWriter& json, const FindingPlace& place) {
  json.begin_object(JsonWriter::Layout::Line);
  if (place.session != 0) json.member("session", place.session);
  if (place.message != 0) json.member("message", place.message);
  if (place.time) {
    TextBuffer time;
    TimeFormatter().append(time, *place.time);
    json.member("time", time.view());
  }
  if (place.direction) json.member("direction", to_string(*place.direction));
  if (place.protocol != nullptr) json.member("protocol", place.protocol->name);
  if (!place.type.empty()) json.member("type", place.type);
  if (!place.packets.empty()) json.member("packets", place.packets);
  if (!place.field.empty()) json.member("field", place.field);
  if (!place.spec.empty()) json.member("spec", place.spec);
  json.member("text", place.text);
  if (place.bytes) json.member("bytes", *place.bytes);
  json.end_object();
}

void put_group(JsonWriter& json, const FindingGroup& group) {
  json.begin_object();
  json.member("code", group.rule->code);
  json.member("severity", to_string(group.rule->severity));
  if (!group.rule->spec.empty()) json.member("spec", group.rule->spec);
  if (!group.rule->text.empty()) json.member("text", group.rule->text);
  json.member("fails", group.fails);
  json.member("count", group.count);
  json.key("places");
  json.begin_list();
  for (const FindingPlace& place : group.places) put_place(json, place);
  json.end_list();
  json.end_object();
}

void put_budget(JsonWriter& json, const BudgetResult& result) {
  const Budget& budget = result.budget;
  json.begin_object(JsonWriter::Layout::Line);
  json.member("budget", budget.text);
  json.member("metric", budget.name);
  json.member(budget.is_least ? "at_least" : "at_most", budget.limit);
  if (budget.is_latency()) json.member("unit", "ns");
  if (result.value) json.member("value", *result.value);
  if (budget.is_latency()) json.member("measured", result.measured);
  json.member("met", result.is_met);
  json.end_object();
}

void put_counts(JsonWriter& json, const CheckReport& report) {
  json.begin_object(JsonWriter::Layout::Line);
  for (const Severity severity : {Severity::Error, Severity::Warning, Severity::Note}) {
    json.member(to_string(severity), report.count(severity));
  }
  json.member("ignored", report.ignored);
  json.end_object();
}

}  // namespace

void write_json_report(const CheckReport& report, TextBuffer& out) {
  JsonWriter json(out);
  json.begin_object();
  json.member("schema", kSchema);
  json.member("source", report.source);
  json.member("verdict", report.has_passed() ? "passed" : "failed");
  json.member("fail_on", report.fail_on);
  json.member("messages", report.messages);
  json.member("sessions", report.sessions);
  if (report.lost_packets > 0) json.member("lost_packets", report.lost_packets);
  if (report.command) {
    json.key("command");
    json.begin_object(JsonWriter::Layout::Line);
    json.key("arguments");
    json.begin_list();
    for (const std::string& argument : report.command->arguments) json.value(argument);
    json.end_list();
    json.member("status", report.command->status);
    json.end_object();
  }
  json.key("counts");
  put_counts(json, report);
  json.key("findings");
  json.begin_list();
  for (const FindingGroup& group : report.groups) put_group(json, group);
  json.end_list();
  json.key("budgets");
  json.begin_list();
  for (const BudgetResult& result : report.budgets) put_budget(json, result);
  json.end_list();
  json.end_object();
}

}  // namespace overhear
