#include "cli/protocol_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

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

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

std::string_view sender_of(const MessageType& type) {
  if (type.from_client && type.from_server) return "both";
  return type.from_client ? "client" : "server";
}

void describe_fields(std::string& out, std::span<const Field> fields, std::size_t indent) {
  for (const Field& field : fields) {
    std::string type = join(type_names(field.types), "|");
    if ((field.types & kArray) != 0 && field.elements != kAnyType) {
      type += fmt::format(" of {}", join(type_names(field.elements), "|"));
    }
    std::string note(field.meaning);
    if (field.values != nullptr) note += fmt::format("{}one of {}", note.empty() ? "" : "; ", field.values->name);
    if (field.presence == Presence::Optional) note += note.empty() ? "optional" : " (optional)";
    if (field.origin == Origin::Observed) note += note.empty() ? "seen, not specified" : " (seen, not specified)";
    out += fmt::format("{:{}}{:<{}} {:<14} {}\n", "", indent, field.name, 26 - std::min<std::size_t>(indent, 20), type,
                       note);
    describe_fields(out, field.fields, indent + 2);
  }
}

Json fields_to_json(std::span<const Field> fields) {
  Json list = Json::array();
  for (const Field& field : fields) {
    Json one{
        {"name", field.name}, {"types", type_names(field.types)}, {"required", field.presence == Presence::Required}};
    if (!field.meaning.empty()) one["meaning"] = field.meaning;
    if ((field.types & kArray) != 0 && field.elements != kAnyType) one["elements"] = type_names(field.elements);
    if (field.values != nullptr) one["enumeration"] = field.values->name;
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
    std::string ports;
    for (const std::uint16_t port : protocol->ports) ports += fmt::format("{}{}", ports.empty() ? "" : ", ", port);
    out += fmt::format("{:<11} {} {}\n{:<12}{}; port {}; {} messages, {} codes\n", protocol->name, protocol->title,
                       protocol->version, "", protocol->transport, ports, protocol->messages.size(),
                       protocol->codes.size());
  }
  out += "\noverhear protocols NAME shows all of one.\n";
  return out;
}

std::string describe_protocol(const Protocol& protocol) {
  std::string out =
      fmt::format("{} {} ({})\n{}\n\nMessages\n", protocol.title, protocol.version, protocol.name, protocol.transport);
  for (const MessageType& type : protocol.messages) {
    out += fmt::format("\n  {}  [{}]{}\n", type.name, sender_of(type),
                       type.origin == Origin::Observed ? "  seen, not specified" : "");
    if (!type.meaning.empty()) out += fmt::format("    {}\n", type.meaning);
    if (!type.section.empty()) out += fmt::format("    {}\n", type.section);
    describe_fields(out, type.fields, 4);
    if (!type.codes.empty()) {
      std::vector<std::string> codes(type.codes.begin(), type.codes.end());
      out += fmt::format("    answered with: {}\n", join(codes, " "));
    }
  }
  for (const Enumeration* enumeration : protocol.enumerations) {
    out += fmt::format("\n{} ({})\n", enumeration->name, enumeration->section);
    for (const EnumValue& value : enumeration->values) {
      out += fmt::format("  {:<18} {:<26} {}\n", value.value, value.name, value.meaning);
    }
  }
  if (!protocol.codes.empty()) out += "\nCodes\n";
  for (const Code& code : protocol.codes) {
    out += fmt::format("  {:<8} {:<26} {}{}\n", code.value, code.name, code.meaning,
                       code.origin == Origin::Observed ? " (seen, not specified)" : "");
  }
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

}  // namespace overhear
