#include "session/check/sarif_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <string>

#include "dissectors/protocol.hpp"
#include "session/check/report_text.hpp"
#include "session/export/json_text.hpp"
#include "session/export/json_writer.hpp"
#include "session/rules.hpp"

namespace overhear {
namespace {

// No finding: what SARIF shows where a budget is not kept to.
constexpr Rule kBudgetRule{.code = "check.budget",
                           .severity = Severity::Error,
                           .spec = {},
                           .text = "a budget that was asked for is not kept to"};

// Each code once; of one with several severities the gravest.
std::vector<const Rule*> all_rules() {
  std::vector<const Rule*> rules{&kBudgetRule};
  for (const RuleGroup& group : rule_groups()) rules.insert(rules.end(), group.rules.begin(), group.rules.end());
  std::ranges::stable_sort(rules, [](const Rule* a, const Rule* b) {
    return std::pair(a->code, b->severity) < std::pair(b->code, a->severity);
  });
  const auto twice = std::ranges::unique(rules, {}, &Rule::code);
  rules.erase(twice.begin(), twice.end());
  return rules;
}

// A path as a URI (RFC 3986): relative to where the program ran, or a file's.
std::string uri_of(std::string_view path) {
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("-._~/").contains(c);
    if (is_plain) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return uri;
}

// FNV-1a, 64 bit: the same on every machine.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

class SarifWriter {
 public:
  SarifWriter(const CheckReport& report, std::string_view artifact, TextBuffer& out)
      : report_(report), uri_(uri_of(artifact == "-" ? "stdin" : artifact)), rules_(all_rules()), json_(out) {}

  void write(std::string_view version) {
    json_.begin_object();
    json_.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_.member("version", "2.1.0");
    json_.key("runs");
    json_.begin_list();
    json_.begin_object();
    put_tool(version);
    put_invocation();
    json_.key("results");
    json_.begin_list();
    for (const FindingGroup& group : report_.groups) {
      for (const FindingPlace& place : group.places) put_finding(*group.rule, place);
    }
    for (const BudgetResult& budget : report_.budgets) {
      if (!budget.is_met) put_result(kBudgetRule, describe(budget), budget.budget.name, nullptr);
    }
    json_.end_list();
    put_counts();
    json_.end_object();
    json_.end_list();
    json_.end_object();
  }

 private:
  void put_tool(std::string_view version) {
    json_.key("tool");
    json_.begin_object();
    json_.key("driver");
    json_.begin_object();
    json_.member("name", "overhear");
    json_.member("version", version);
    json_.key("rules");
    json_.begin_list();
    for (const Rule* rule : rules_) put_rule(*rule);
    json_.end_list();
    json_.end_object();
    json_.end_object();
  }

  void put_text(std::string_view key, std::string_view text) {
    json_.key(key);
    json_.begin_object(JsonWriter::Layout::Line);
    json_.member("text", text);
    json_.end_object();
  }

  void put_rule(const Rule& rule) {
    const std::string_view text = rule.text.empty() ? rule.code : rule.text;
    json_.begin_object(JsonWriter::Layout::Line);
    json_.member("id", rule.code);
    put_text("shortDescription", text);
    if (!rule.spec.empty()) put_text("fullDescription", fmt::format("{} ({})", text, rule.spec));
    json_.key("defaultConfiguration");
    json_.begin_object();
    json_.member("level", to_string(rule.severity));
    json_.end_object();
    json_.end_object();
  }

  // Whether the program could look at all; not what it found.
  void put_invocation() {
    json_.key("invocations");
    json_.begin_list();
    json_.begin_object(JsonWriter::Layout::Line);
    json_.member("executionSuccessful", report_.lost_packets == 0);
    json_.end_object();
    json_.end_list();
  }

  void put_finding(const Rule& rule, const FindingPlace& place) {
    std::string text = place.field.empty() ? place.text : fmt::format("{}: {}", place.field, place.text);
    if (!place.type.empty()) text = fmt::format("{}: {}", place.type, text);
    if (!place.spec.empty()) text += fmt::format(" ({})", place.spec);
    const std::string_view sender = place.direction ? to_string(*place.direction) : std::string_view();
    put_result(rule, text, fmt::format("{}|{}|{}|{}", rule.code, place.type, sender, place.field), &place);
  }

  // `identity`: what makes two results the same alert, but for how many there were before.
  void put_result(const Rule& rule, std::string_view text, std::string_view identity, const FindingPlace* place) {
    json_.begin_object();
    json_.member("ruleId", rule.code);
    const auto found = std::ranges::lower_bound(rules_, rule.code, {}, &Rule::code);
    if (found != rules_.end() && (*found)->code == rule.code) json_.member("ruleIndex", found - rules_.begin());
    json_.member("level", to_string(rule.severity));
    put_text("message", text);
    put_location(place);
    const std::uint64_t hash = hash_of(identity);
    json_.key("partialFingerprints");
    json_.begin_object(JsonWriter::Layout::Line);
    json_.member("primaryLocationLineHash", fmt::format("{:016x}:{}", hash, ++seen_[hash]));
    json_.end_object();
    if (place != nullptr) put_properties(*place);
    json_.end_object();
  }

  void put_location(const FindingPlace* place) {
    json_.key("locations");
    json_.begin_list();
    json_.begin_object(JsonWriter::Layout::Line);
    json_.key("physicalLocation");
    json_.begin_object();
    json_.key("artifactLocation");
    json_.begin_object();
    json_.member("uri", uri_);
    json_.end_object();
    json_.key("region");
    json_.begin_object();
    json_.member("startLine", 1);
    json_.end_object();
    json_.end_object();
    if (place != nullptr && place->session != 0) {
      json_.key("logicalLocations");
      json_.begin_list();
      json_.begin_object();
      const bool is_message = place->message != 0;
      json_.member("fullyQualifiedName", is_message ? name_of(*place) : fmt::format("{}", place->session));
      json_.member("kind", is_message ? "message" : "session");
      json_.end_object();
      json_.end_list();
    }
    json_.end_object();
    json_.end_list();
  }

  void put_properties(const FindingPlace& place) {
    json_.key("properties");
    json_.begin_object(JsonWriter::Layout::Line);
    if (place.session != 0) json_.member("session", place.session);
    if (place.message != 0) json_.member("message", place.message);
    if (!place.packets.empty()) json_.member("packets", place.packets);
    if (place.time) {
      TextBuffer time;
      TimeFormatter().append(time, *place.time);
      json_.member("time", time.view());
    }
    if (place.protocol != nullptr) json_.member("protocol", place.protocol->name);
    if (!place.type.empty()) json_.member("type", place.type);
    if (!place.field.empty()) json_.member("field", place.field);
    json_.end_object();
  }

  // Of all findings; the results are the first ones.
  void put_counts() {
    json_.key("properties");
    json_.begin_object();
    json_.member("messages", report_.messages);
    json_.member("sessions", report_.sessions);
    json_.member("verdict", report_.has_passed() ? "passed" : "failed");
    json_.key("counts");
    json_.begin_list();
    for (const FindingGroup& group : report_.groups) {
      json_.begin_object(JsonWriter::Layout::Line);
      json_.member("code", group.rule->code);
      json_.member("level", to_string(group.rule->severity));
      json_.member("count", group.count);
      json_.end_object();
    }
    json_.end_list();
    json_.end_object();
  }

  const CheckReport& report_;
  std::string uri_;
  std::vector<const Rule*> rules_;
  JsonWriter json_;
  std::map<std::uint64_t, int> seen_;  // fingerprints
};

}  // namespace

void write_sarif_report(const CheckReport& report, std::string_view artifact, std::string_view version,
                        TextBuffer& out) {
  SarifWriter(report, artifact, out).write(version);
}

}  // namespace overhear
