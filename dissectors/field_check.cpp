#include "dissectors/field_check.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/same_bytes.hpp"
#include "base/utf8.hpp"
#include "dissectors/app_rules.hpp"
#include "dissectors/field_text.hpp"

namespace overhear {
namespace {

void append_types(std::string& out, JsonTypes types) {
  struct Name {
    JsonTypes bit;
    std::string_view text;
  };
  constexpr Name kNames[] = {{kString, "a string"},   {kNumber, "a number"},  {kInteger, "an integer"},
                             {kBoolean, "a boolean"}, {kObject, "an object"}, {kArray, "an array"},
                             {kNull, "null"}};
  unsigned left = types;
  bool is_first = true;
  for (const Name& name : kNames) {
    if ((left & name.bit) != name.bit) continue;
    left &= ~static_cast<unsigned>(name.bit);
    if (!is_first) out += " or ";
    out += name.text;
    is_first = false;
  }
}

// A pointer costs as much as its node has siblings before it, so that a finding for each of many members would take
// quadratic time. What is over these limits is counted.
constexpr std::size_t kUnknownFindings = 16;
constexpr std::size_t kSchemaFindings = 64;

class Checker {
 public:
  Checker(const JsonIndex& json, const MessageType& type, FindingList& findings)
      : json_(json), type_(type), findings_(findings) {}

  void message(const JsonNode& root) {
    object(root, type_.fields);
    report_rest(app_rules::kUnknownField, unknown_, kUnknownFindings);
    report_rest(app_rules::kSchema, wrong_, kSchemaFindings);
  }

 private:
  void object(const JsonNode& object, std::span<const Field> fields) {
    std::uint64_t seen = 0;
    std::size_t behind = 0;
    for (const JsonNode* member = json_.first_child(object); member != nullptr;
         member = json_.next_sibling(object, *member)) {
      const std::size_t at = find(fields, *member, behind);
      if (at == fields.size()) {
        unknown(*member);
        continue;
      }
      behind = at + 1;
      seen |= std::uint64_t{1} << at;
      value(*member, fields[at]);
    }
    // Members beyond the index limit are not seen: nothing can be said to be missing.
    if (json_.flags().index_limit) return;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const bool is_missing = fields[i].presence == Presence::Required && (seen >> i & 1) == 0;
      if (is_missing) missing(object, fields[i]);
    }
  }

  void report_rest(const Rule& rule, std::size_t count, std::size_t limit) {
    if (count <= limit) return;
    Finding& finding = findings_.add(rule);
    finding.spec = type_.section;
    fmt::format_to(std::back_inserter(finding.text), "{} more like these", count - limit);
  }

  // Members mostly come in the table's order, so the search begins behind the one that was found last.
  std::size_t find(std::span<const Field> fields, const JsonNode& member, std::size_t begin) const {
    for (std::size_t i = begin; i < fields.size(); ++i) {
      if (json_.is_name(member, fields[i].name)) return i;
    }
    for (std::size_t i = 0; i < begin; ++i) {
      if (json_.is_name(member, fields[i].name)) return i;
    }
    return fields.size();
  }

  void value(const JsonNode& node, const Field& field) {
    if ((types_of(node) & field.types) == 0) return wrong_type(node, field.types);
    if (field.origin == Origin::Observed) observed(node);
    if (field.values != nullptr) listed(node, *field.values);
    if (field.form != nullptr && node.kind == JsonKind::String) form(node, *field.form);
    if (node.kind == JsonKind::Object && !field.fields.empty()) object(node, field.fields);
    if (node.kind == JsonKind::Array) elements(node, field);
  }

  // 5.0 is an integer, as JSON Schema has it.
  unsigned types_of(const JsonNode& node) const {
    const bool is_whole = node.kind == JsonKind::Decimal &&
                          json_.value(node).find_first_of("eE") == std::string_view::npos &&
                          without_zero_fraction(json_.value(node)).find('.') == std::string_view::npos;
    return is_whole ? unsigned{kNumber} : unsigned{type_bit(node.kind)};
  }

  void elements(const JsonNode& array, const Field& field) {
    if (field.elements == kAnyType && field.fields.empty() && field.form == nullptr) return;
    for (const JsonNode* item = json_.first_child(array); item != nullptr; item = json_.next_sibling(array, *item)) {
      if ((types_of(*item) & field.elements) == 0) return wrong_type(*item, field.elements);
      if (item->kind == JsonKind::Object && !field.fields.empty()) object(*item, field.fields);
      if (item->kind == JsonKind::String && field.form != nullptr) form(*item, *field.form);
    }
  }

  void form(const JsonNode& node, const Form& form) {
    if (form.fits(meaning_of(json_, &node, scratch_)) || ++wrong_ > kSchemaFindings) return;
    std::string pointer = json_.pointer(node);
    Finding& finding = findings_.add(*form.rule);
    finding.spec = form.section;
    finding.text.append(pointer, pointer.rfind('/') + 1);
    finding.field = std::move(pointer);
    finding.text += " is not ";
    finding.text += form.meaning;
  }

  void listed(const JsonNode& node, const Enumeration& values) {
    for (const EnumValue& value : values.values) {
      if (is_value(node, value.value)) return;
    }
    if (++wrong_ > kSchemaFindings) return;
    Finding& finding = findings_.add(app_rules::kUnknownValue);
    finding.spec = values.section;
    json_.append_pointer(finding.field, node);
    fmt::format_to(std::back_inserter(finding.text), "{} is none of the values of {}", utf8_prefix(json_.raw(node), 60),
                   values.name);
  }

  // Escapes do not change what a value is.
  bool is_value(const JsonNode& node, std::string_view wanted) const {
    if (!node.has_escapes) return same_bytes(json_.value(node), wanted);
    std::string meaning;
    append_unescaped(meaning, json_.value(node));
    return meaning == wanted;
  }

  void unknown(const JsonNode& member) {
    if (type_.fields_open || ++unknown_ > kUnknownFindings) return;
    Finding& finding = findings_.add(app_rules::kUnknownField);
    finding.spec = type_.section;
    json_.append_pointer(finding.field, member);
    finding.text += "the specification does not name this field";
  }

  void observed(const JsonNode& node) {
    if (++unknown_ > kUnknownFindings) return;
    Finding& finding = findings_.add(app_rules::kUnknownField);
    finding.spec = type_.section;
    json_.append_pointer(finding.field, node);
    finding.text += "real implementations send this field, the specification does not name it";
  }

  void missing(const JsonNode& object, const Field& field) {
    if (++wrong_ > kSchemaFindings) return;
    Finding& finding = findings_.add(app_rules::kSchema);
    finding.spec = type_.section;
    json_.append_pointer(finding.field, object);
    finding.field += '/';
    finding.field += field.name;
    finding.text += field.name;
    finding.text += " is missing";
  }

  void wrong_type(const JsonNode& node, JsonTypes wanted) {
    if (++wrong_ > kSchemaFindings) return;
    std::string pointer = json_.pointer(node);
    Finding& finding = findings_.add(app_rules::kSchema);
    finding.spec = type_.section;
    finding.text.append(pointer, pointer.rfind('/') + 1);
    finding.field = std::move(pointer);
    finding.text += " is ";
    finding.text += describe(node.kind);
    finding.text += ", not ";
    append_types(finding.text, wanted);
  }

  const JsonIndex& json_;
  const MessageType& type_;
  FindingList& findings_;
  std::string scratch_;
  std::size_t unknown_ = 0;
  std::size_t wrong_ = 0;
};

}  // namespace

void check_fields(const JsonIndex& json, const JsonNode& object, const MessageType& type, FindingList& findings) {
  Checker(json, type, findings).message(object);
}

void note_unknown_type(FindingList& findings, std::string_view section, std::string_view field, std::string_view text) {
  Finding& finding = findings.add(app_rules::kUnknownType, text);
  finding.spec = section;
  finding.field = field;
}

}  // namespace overhear
