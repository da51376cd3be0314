#include "tests/support/dissect.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace overhear::testing {

bool Dissected::has(std::string_view finding) const {
  return std::ranges::find(findings, finding) != findings.end();
}

std::vector<std::string> Dissected::findings_of(std::string_view prefix) const {
  std::vector<std::string> out;
  std::ranges::copy_if(findings, std::back_inserter(out), [&](const std::string& f) { return f.starts_with(prefix); });
  return out;
}

bool Dissected::has_above_note() const {
  return std::ranges::any_of(severities, [](Severity severity) { return severity != Severity::Note; });
}

Conversation::Conversation(const Protocol& protocol)
    : protocol_(protocol), dissector_(protocol.make_dissector({&limits_, nullptr})) {}

Dissected Conversation::say(Direction direction, std::string_view json, bool show_secrets) {
  const bool is_object =
      json_.parse(json, limits_) == JsonIndex::Status::Valid && json_.root().kind == JsonKind::Object;
  if (!is_object) throw std::invalid_argument(std::string(json));
  dissection_.clear();
  dissector_->dissect(json_, direction, dissection_);

  Message message;
  message.number = ++messages_;
  message.direction = direction;
  message.protocol = &protocol_;
  message.type_spec = dissection_.type_spec;
  message.type = dissection_.type;
  message.id = dissection_.id;
  message.user = dissection_.user;
  message.room = dissection_.room;
  message.text = dissection_.text;
  message.body = json;
  message.json = &json_;

  Dissected out;
  const auto found = pending_.find(dissection_.key);
  if (dissection_.role == Role::Request) {
    if (!dissection_.key.empty()) pending_[dissection_.key] = {message.number, dissection_.type};
  } else if (!dissection_.key.empty() && found != pending_.end()) {
    message.reply_to = found->second.number;
    out.reply_type = found->second.type;
    message.reply_type = out.reply_type;
    pending_.erase(found);
  }
  protocol_.summarize(message, show_secrets, out.summary);

  out.type_spec = message.type_spec;
  out.type = message.type;
  out.id = message.id;
  out.role = dissection_.role;
  out.key = dissection_.key;
  out.user = message.user;
  out.room = message.room;
  out.text = message.text;
  for (const Finding& finding : dissection_.findings.items()) {
    std::string name(finding.rule->code);
    if (!finding.field.empty()) name += ' ' + finding.field;
    out.findings.push_back(name);
    out.severities.push_back(finding.rule->severity);
    out.texts.emplace_back(finding.message());
  }
  return out;
}

Dissected dissect(const Protocol& protocol, Direction direction, std::string_view json, bool show_secrets) {
  return Conversation(protocol).say(direction, json, show_secrets);
}

Recognition recognize(const Protocol& protocol, std::string_view json) {
  const Limits limits;
  JsonIndex index;
  if (index.parse(json, limits) != JsonIndex::Status::Valid) throw std::invalid_argument(std::string(json));
  return protocol.recognize(index);
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
