#include "tests/support/dissect.hpp"

#include <algorithm>
#include <stdexcept>

namespace overhear::testing {

namespace {

std::string name_of(const Finding& finding) {
  std::string name(finding.rule->code);
  return finding.field.empty() ? name : name + ' ' + finding.field;
}

std::string in_a_line(const Message& message, const Action& action) {
  std::string out = std::to_string(action.index) + ' ' + std::string(action.type) + ' ' + std::string(action.id) + ": ";
  message.protocol->summarize_action(message, action, false, out);
  for (const Finding& finding : message.action_findings.subspan(action.first_finding, action.findings)) {
    out += " [" + name_of(finding) + ']';
  }
  return out;
}

}  // namespace

bool Dissected::has_above_note() const {
  return std::ranges::any_of(severities, [](Severity severity) { return severity != Severity::Note; });
}

Talk::Talk(const Protocol& protocol, KeyStore* keys)
    : protocol_(protocol), dissector_(protocol.make_dissector({&limits_, keys})), exchanges_(limits_, budget_) {
  hear_all();
  lose();
}

void Talk::hear_all() {
  has_losses_ = false;
  if (protocol_.make_conformance != nullptr) conformance_ = protocol_.make_conformance(limits_);
}

void Talk::lose() {
  has_losses_ = true;
  if (conformance_) conformance_->on_loss();
}

void Talk::garble(Direction sender) {
  exchanges_.on_unread(sender);
  if (conformance_) conformance_->on_loss();
}

std::vector<std::string> Talk::end() {
  std::vector<std::string> out;
  FindingList findings;
  if (conformance_) conformance_->on_end(now_, findings);
  for (const Finding& finding : findings.items()) out.push_back(name_of(finding));
  return out;
}

std::vector<Unanswered> Talk::finish() {
  std::vector<Unanswered> out;
  exchanges_.finish([&](const Finding& finding, const Question& question) {
    out.push_back(std::to_string(question.number) + ' ' + std::string(finding.rule->code) + ' ' +
                  std::string(to_string(finding.rule->severity)));
    if (finding.count != 1) out.back() += " of " + std::to_string(finding.count);
  });
  return out;
}

Dissected Talk::hear(Direction sender, std::string_view json) {
  const bool is_object =
      json_.parse(json, limits_) == JsonIndex::Status::Valid && json_.root().kind == JsonKind::Object;
  if (!is_object) throw std::invalid_argument(std::string(json));
  dissection_.clear();
  dissector_->dissect(json_, sender, dissection_);

  Message message;
  message.number = ++messages_;
  message.direction = sender;
  message.frame = frame_;
  message.decrypted = key_;
  if (key_.starts_with("mcp-")) message.variant = "raw";
  message.protocol = &protocol_;
  message.type_spec = dissection_.type_spec;
  message.type = dissection_.type;
  message.id = dissection_.id;
  message.body = json;
  message.json = &json_;
  message.content = dissection_.content;
  message.client_name = dissector_->client_name();
  message.user = dissection_.user;
  message.room = dissection_.room;
  message.text = dissection_.text;
  message.outcome = dissection_.outcome;
  message.said_at = dissection_.said_at;
  message.time_first = message.time = now_;
  message.actions = dissection_.actions;
  message.action_findings = dissection_.action_findings.items();
  now_.ns += kSecond / 10;
  const Asked asked = exchanges_.find_asked(message, dissection_, protocol_, has_losses_);
  const std::uint32_t mark = conformance_ ? conformance_->on_message(message, asked, dissection_.findings) : 0;
  exchanges_.remember(message, dissection_, protocol_, mark, has_losses_);
  message.findings = dissection_.findings.items();

  Dissected out;
  out.type_spec = message.type_spec;
  out.type = message.type;
  out.id = message.id;
  out.role = dissection_.role;
  out.key = dissection_.key;
  out.user = message.user;
  out.room = message.room;
  out.text = message.text;
  out.to = dissection_.to;
  out.reason = dissection_.reason;
  out.is_text_sealed = dissection_.is_text_sealed;
  out.content = message.content;
  out.content_opened_by = dissection_.content_opened_by;
  for (const Finding& finding : message.findings) {
    out.findings.push_back(name_of(finding));
    out.severities.push_back(finding.rule->severity);
    out.texts.emplace_back(finding.message());
  }
  for (const Action& action : message.actions) out.actions.push_back(in_a_line(message, action));
  out.number = message.number;
  out.reply_to = message.reply_to.value_or(0);
  out.latency_ns = message.latency_ns;
  out.action_findings = message.action_findings.size();
  protocol_.summarize(message, false, out.summary);
  protocol_.summarize(message, true, out.summary_with_secrets);
  return out;
}

std::string recognized(const Protocol& protocol, std::string_view json) {
  const Limits limits;
  JsonIndex index;
  if (index.parse(json, limits) != JsonIndex::Status::Valid) throw std::invalid_argument(std::string(json));
  const Recognition seen = protocol.recognize(index);
  if (seen.evidence == Evidence::None) return "none";
  const std::string evidence = seen.evidence == Evidence::Strong ? "strong" : "weak";
  return seen.sender ? evidence + ' ' + std::string(to_string(*seen.sender)) : evidence;
}

namespace {

struct Sample {
  JsonTypes type;
  std::string_view text;
};
constexpr Sample kSamples[] = {{kObject, "{}"},       {kArray, "[]"},     {kString, "\"x\""}, {kInteger, "1"},
                               {JsonTypes{4}, "1.5"}, {kBoolean, "true"}, {kNull, "null"}};

std::string any_of(JsonTypes types, bool is_allowed) {
  for (const Sample& sample : kSamples) {
    if (((sample.type & types) != 0) == is_allowed) return std::string(sample.text);
  }
  throw std::logic_error("a field of any type");
}

class Writer {
 public:
  Writer(const std::map<std::string, std::string>& values, Change change, std::string_view field)
      : values_(values), change_(change), field_(field) {}

  std::string object(std::span<const Field> fields, const std::string& at) const {
    std::string out = "{";
    for (const Field& field : fields) {
      if (field.origin == Origin::Observed) continue;
      const std::string pointer = at + '/' + std::string(field.name);
      if (change_ == Change::LeaveOut && pointer == field_) continue;
      if (out.size() > 1) out += ',';
      out += '"' + std::string(field.name) + "\":" + value(field, pointer);
    }
    return out + '}';
  }

 private:
  std::string value(const Field& field, const std::string& pointer) const {
    if (change_ == Change::WrongType && pointer == field_) return any_of(field.types, false);
    if (const auto given = values_.find(pointer); given != values_.end()) return given->second;
    if (field.form != nullptr) return '"' + std::string(field.form->example) + '"';
    if (field.values != nullptr && field.types == kString)
      return '"' + std::string(field.values->values[0].value) + '"';
    if (field.values != nullptr) return std::string(field.values->values[0].value);
    if ((field.types & kObject) != 0 && !field.fields.empty()) return object(field.fields, pointer);
    if ((field.types & kArray) != 0 && !field.fields.empty()) {
      const bool is_simple = (field.elements & kString) != 0;
      return '[' + (is_simple ? "\"x\"" : object(field.fields, pointer + "/0")) + ']';
    }
    return any_of(field.types, true);
  }

  const std::map<std::string, std::string>& values_;
  Change change_;
  std::string_view field_;
};

void collect(std::span<const Field> fields, const std::string& at, std::vector<FieldAt>& out) {
  for (const Field& field : fields) {
    if (field.origin == Origin::Observed) continue;
    const std::string pointer = at + '/' + std::string(field.name);
    out.push_back({pointer, &field});
    const bool has_objects = (field.types & kArray) != 0 && (field.elements & kString) == 0;
    if ((field.types & kObject) != 0) collect(field.fields, pointer, out);
    if (has_objects) collect(field.fields, pointer + "/0", out);
  }
}

}  // namespace

std::string fulfil(const MessageType& type, const std::map<std::string, std::string>& values, Change change,
                   std::string_view field) {
  return Writer(values, change, field).object(type.fields, "");
}

std::vector<FieldAt> fields_of(const MessageType& type) {
  std::vector<FieldAt> out;
  collect(type.fields, "", out);
  return out;
}

}  // namespace overhear::testing
