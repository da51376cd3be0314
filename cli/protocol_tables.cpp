#include "cli/protocol_tables.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "cli/text_table.hpp"
#include "dissectors/registry.hpp"

namespace overhear {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> type_names(JsonTypes types) {
  struct Name {
    JsonTypes bits;
    std::string_view text;
  };
  constexpr Name kNames[] = {{kString, "string"}, {kNumber, "number"}, {kInteger, "integer"}, {kBoolean, "boolean"},
                             {kObject, "object"}, {kArray, "array"},   {kNull, "null"}};
  std::vector<std::string> names;
  if (types == kAnyType) return {"any"};
  unsigned left = types;
  for (const Name& name : kNames) {
    if ((left & name.bits) != name.bits) continue;
    left &= ~static_cast<unsigned>(name.bits);
    names.emplace_back(name.text);
  }
  return names;
}

std::string_view sender_of(const MessageType& type) {
  if (type.from_client && type.from_server) return "both";
  return type.from_client ? "client" : "server";
}

std::string with_origin(std::string text, Origin origin) {
  if (origin == Origin::Observed) text += text.empty() ? "seen, not specified" : " (seen, not specified)";
  return text;
}

// A row for each field, those of an object below it.
void add_fields(std::vector<TextRow>& rows, std::span<const Field> fields, std::size_t depth) {
  for (const Field& field : fields) {
    std::string type = fmt::format("{}", fmt::join(type_names(field.types), "|"));
    if ((field.types & kArray) != 0 && field.elements != kAnyType) {
      type += fmt::format(" of {}", fmt::join(type_names(field.elements), "|"));
    }
    std::string note(field.meaning);
    if (field.values != nullptr) note += fmt::format("{}one of {}", note.empty() ? "" : "; ", field.values->name);
    if (field.form != nullptr) note += fmt::format("{}{}", note.empty() ? "" : "; ", field.form->meaning);
    if (field.presence == Presence::Optional) note += note.empty() ? "optional" : " (optional)";
    rows.push_back({std::string(2 * depth, ' ') + std::string(field.name), type, with_origin(note, field.origin)});
    add_fields(rows, field.fields, depth + 1);
  }
}

void describe_message(std::string& out, const MessageType& type, std::size_t width) {
  constexpr std::size_t kIndent = 4;
  out += with_origin(fmt::format("\n  {}  [{}]", type.name, sender_of(type)), type.origin) + '\n';
  for (const std::string_view text : {type.meaning, type.section}) {
    if (!text.empty()) out += fmt::format("{:{}}{}\n", "", kIndent, text);
  }
  std::vector<TextRow> fields;
  add_fields(fields, type.fields, 0);
  append_table(out, fields, kIndent, width);
  if (type.codes.empty()) return;
  out.append(kIndent, ' ');
  append_wrapped(out, fmt::format("answered with: {}", fmt::join(type.codes, " ")), kIndent, 2 * kIndent, width);
}

Json fields_to_json(std::span<const Field> fields) {
  Json list = Json::array();
  for (const Field& field : fields) {
    Json one{
        {"name", field.name}, {"types", type_names(field.types)}, {"required", field.presence == Presence::Required}};
    if (!field.meaning.empty()) one["meaning"] = field.meaning;
    if ((field.types & kArray) != 0 && field.elements != kAnyType) one["elements"] = type_names(field.elements);
    if (field.values != nullptr) one["enumeration"] = field.values->name;
    if (field.form != nullptr) one["form"] = field.form->meaning;
    if (field.origin == Origin::Observed) one["origin"] = "observed";
    if (field.is_secret) one["secret"] = true;
    if (!field.fields.empty()) one["fields"] = fields_to_json(field.fields);
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

std::string describe_protocols() {
  std::string out;
  for (const Protocol* protocol : all_protocols()) {
    out += fmt::format("{:<11} {} {}\n{:<12}{}\n{:<12}port{} {}; {} messages", protocol->name, protocol->title,
                       protocol->version, "", protocol->transport, "", protocol->ports.size() == 1 ? "" : "s",
                       fmt::join(protocol->ports, ", "), protocol->messages.size());
    if (!protocol->codes.empty()) out += fmt::format(", {} codes", protocol->codes.size());
    out += '\n';
  }
  out += "\noverhear protocols NAME shows all of one.\n";
  return out;
}

std::string describe_protocol(const Protocol& protocol, std::size_t width) {
  constexpr std::size_t kIndent = 2;
  std::string out =
      fmt::format("{} {} ({})\n{}\n\nMessages\n", protocol.title, protocol.version, protocol.name, protocol.transport);
  for (const MessageType& type : protocol.messages) describe_message(out, type, width);
  for (const Enumeration* enumeration : protocol.enumerations) {
    out += fmt::format("\n{} ({})\n", enumeration->name, enumeration->section);
    std::vector<TextRow> values;
    for (const EnumValue& value : enumeration->values) {
      values.push_back(
          {std::string(value.value), std::string(value.name), with_origin(std::string(value.meaning), value.origin)});
    }
    append_table(out, values, kIndent, width);
  }
  if (protocol.codes.empty()) return out;
  out += "\nCodes\n";
  std::vector<TextRow> codes;
  for (const Code& code : protocol.codes) {
    codes.push_back(
        {std::string(code.value), std::string(code.name), with_origin(std::string(code.meaning), code.origin)});
  }
  append_table(out, codes, kIndent, width);
  return out;
}

Json to_json(const Protocol& protocol) {
  Json out{{"name", protocol.name},
           {"title", protocol.title},
           {"version", protocol.version},
           {"transport", protocol.transport},
           {"ports", std::vector<int>(protocol.ports.begin(), protocol.ports.end())},
           {"messages", Json::array()},
           {"enumerations", Json::array()},
           {"codes", Json::array()}};
  for (const MessageType& type : protocol.messages) {
    Json one{{"name", type.name}, {"sender", sender_of(type)}, {"section", type.section}, {"meaning", type.meaning}};
    if (type.origin == Origin::Observed) one["origin"] = "observed";
    if (!type.answers.empty()) one["answers"] = type.answers;
    if (!type.codes.empty()) one["codes"] = type.codes;
    one["fields"] = fields_to_json(type.fields);
    out["messages"].push_back(std::move(one));
  }
  for (const Enumeration* enumeration : protocol.enumerations) {
    Json values = Json::array();
    for (const EnumValue& value : enumeration->values) {
      Json one{{"value", value.value}};
      if (!value.name.empty()) one["name"] = value.name;
      if (!value.meaning.empty()) one["meaning"] = value.meaning;
      if (value.origin == Origin::Observed) one["origin"] = "observed";
      values.push_back(std::move(one));
    }
    out["enumerations"].push_back({{"name", enumeration->name}, {"section", enumeration->section}, {"values", values}});
  }
  for (const Code& code : protocol.codes) {
    Json one{{"value", code.value}, {"name", code.name}, {"meaning", code.meaning}};
    if (!code.section.empty()) one["section"] = code.section;
    if (code.origin == Origin::Observed) one["origin"] = "observed";
    out["codes"].push_back(std::move(one));
  }
  return out;
}

std::string describe_rules(std::span<const RuleGroup> groups, std::size_t width) {
  std::string out;
  for (const RuleGroup& group : groups) {
    if (group.rules.empty()) continue;
    out += fmt::format("{}{}: {}\n\n", out.empty() ? "" : "\n", group.name, group.title);
    std::vector<TextRow> rows;
    for (const Rule* rule : group.rules) {
      std::string text(rule->text);
      if (!rule->spec.empty()) text += fmt::format(" ({})", rule->spec);
      rows.push_back({std::string(rule->code), std::string(to_string(rule->severity)), std::move(text)});
    }
    append_table(out, rows, 2, width);
  }
  return out;
}

Json to_json(std::span<const RuleGroup> groups) {
  Json all = Json::array();
  for (const RuleGroup& group : groups) {
    for (const Rule* rule : group.rules) {
      Json one{{"about", group.name}, {"code", rule->code}, {"severity", to_string(rule->severity)}};
      if (!rule->spec.empty()) one["spec"] = rule->spec;
      one["text"] = rule->text;
      all.push_back(std::move(one));
    }
  }
  return all;
}

}  // namespace overhear
