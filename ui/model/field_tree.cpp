#include "ui/model/field_tree.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/amount_text.hpp"
#include "base/utf8.hpp"
#include "session/table/secrets.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kShownBytes = 4096;  // of a value; the rest stands in the hex

const Field* find_field(const JsonIndex& json, const JsonNode& member, std::span<const Field> fields) {
  const auto found = std::ranges::find_if(fields, [&](const Field& field) { return json.is_name(member, field.name); });
  return found == fields.end() ? nullptr : &*found;
}

std::string printable(std::string_view text) {
  std::string out;
  append_printable(out, utf8_prefix(text, kShownBytes));
  if (text.size() > kShownBytes) out += "…";
  return out;
}

std::size_t count_children(const JsonIndex& json, const JsonNode& node) {
  std::size_t count = 0;
  for (const JsonNode* child = json.first_child(node); child != nullptr; child = json.next_sibling(node, *child)) {
    ++count;
  }
  return count;
}

std::string value_text(const JsonIndex& json, const JsonNode& node) {
  switch (node.kind) {
    case JsonKind::Object: return fmt::format("{{{}}}", counted(count_children(json, node), "field"));
    case JsonKind::Array: return fmt::format("[{}]", counted(count_children(json, node), "element"));
    case JsonKind::String: return fmt::format("\"{}\"", printable(unescaped(json.value(node))));
    default: return printable(json.raw(node));
  }
}

// Of the field, and of its value where the table lists what it may be.
std::string meaning_of(const JsonIndex& json, const JsonNode& node, const Field* field) {
  if (field == nullptr) return {};
  std::string text(field->meaning);
  if (field->values == nullptr) return text;
  const std::string value = unescaped(json.value(node));
  const auto known = std::ranges::find(field->values->values, value, &EnumValue::value);
  if (known == field->values->values.end()) return text;
  for (const std::string_view more : {known->name, known->meaning}) {
    if (!more.empty()) text += fmt::format("{}{}", text.empty() ? "" : " — ", more);
  }
  return text;
}

// RFC 6901, 4.
std::string pointer_part(std::string_view name) {
  std::string part;
  for (const char c : name) {
    if (c == '~') part += "~0";
    if (c == '/') part += "~1";
    if (c != '~' && c != '/') part += c;
  }
  return part;
}

// Numbers of the findings about a place.
std::vector<std::uint32_t> findings_at(const Message& message, std::string_view pointer) {
  std::vector<std::uint32_t> found;
  std::uint32_t number = 0;
  for (const auto findings : {message.findings, message.action_findings}) {
    for (const Finding& finding : findings) {
      if (!finding.field.empty() && finding.field == pointer) found.push_back(number);
      ++number;
    }
  }
  return found;
}

}  // namespace

void FieldTree::clear() {
  all_.clear();
  pointers_.clear();
  closed_.clear();
  secrets_.clear();
  list();
}

void FieldTree::look_at(const Message& message, bool show_secrets) {
  show_secrets_ = show_secrets;
  all_.clear();
  pointers_.clear();
  closed_.clear();
  secrets_.clear();
  if (message.json != nullptr) {
    const auto fields = message.type_spec == nullptr ? std::span<const Field>() : message.type_spec->fields;
    add_children(message, message.json->root(), {.depth = 0, .field = nullptr, .fields = fields});
  }
  list();
}

void FieldTree::add_children(const Message& message, const JsonNode& parent, const Under& under) {
  const JsonIndex& json = *message.json;
  std::size_t place = 0;
  for (const JsonNode* child = json.first_child(parent); child != nullptr; child = json.next_sibling(parent, *child)) {
    add(message, *child, under, place++);
  }
}

void FieldTree::add(const Message& message, const JsonNode& node, const Under& under, std::size_t place) {
  const JsonIndex& json = *message.json;
  const bool is_element = node.name_length == 0 && node.name_begin == 0;
  const Field* const field = is_element ? under.field : find_field(json, node, under.fields);
  const std::string name = unescaped(json.name(node));
  FieldLine line;
  line.node = static_cast<std::uint32_t>(&node - &json.root());
  line.depth = under.depth;
  line.name = is_element ? fmt::format("[{}]", place) : printable(name);
  line.kind = node.kind;
  line.is_secret = !show_secrets_ && !is_element && is_secret_name(name);
  line.value = line.is_secret ? std::string(kSecretMask) : value_text(json, node);
  line.has_children = !line.is_secret && json.first_child(node) != nullptr;
  line.field = is_element ? nullptr : field;
  line.meaning = is_element ? std::string() : meaning_of(json, node, field);
  line.begin = is_element ? node.begin : node.name_begin - 1;
  line.end = node.end;
  line.value_begin = node.begin;
  pointers_.push_back(under.pointer + "/" + (is_element ? std::to_string(place) : pointer_part(name)));
  line.findings = findings_at(message, pointers_.back());
  const bool is_masked = line.is_secret;
  all_.push_back(std::move(line));
  if (is_masked) secrets_.emplace_back(node.begin, node.end);
  if (is_masked) return;
  // An action of a batch has a row of its own.
  const auto action = std::ranges::find(message.actions, &node, &Action::json);
  const bool is_action = action != message.actions.end() && action->type_spec != nullptr;
  const auto fields = is_action          ? action->type_spec->fields
                      : field == nullptr ? std::span<const Field>()
                                         : field->fields;
  Under below{.depth = static_cast<std::uint16_t>(under.depth + 1), .field = field, .fields = fields};
  below.pointer = pointers_.back();
  add_children(message, node, below);
}

void FieldTree::list() {
  lines_.clear();
  shown_.clear();
  std::uint16_t hidden_below = UINT16_MAX;
  for (std::size_t number = 0; number < all_.size(); ++number) {
    const FieldLine& line = all_[number];
    if (line.depth > hidden_below) continue;
    hidden_below = closed_.contains(number) ? line.depth : UINT16_MAX;
    shown_.push_back(number);
    lines_.push_back(line);
    lines_.back().is_open = !closed_.contains(number);
  }
}

void FieldTree::toggle(std::size_t line) {
  const std::size_t number = shown_[line];
  if (!all_[number].has_children) return;
  if (closed_.erase(number) == 0) closed_.insert(number);
  list();
}

std::size_t FieldTree::line_at(std::uint32_t offset) {
  std::size_t innermost = SIZE_MAX;
  for (std::size_t number = 0; number < all_.size(); ++number) {
    if (all_[number].begin > offset || all_[number].end <= offset) continue;
    if (innermost != SIZE_MAX) closed_.erase(innermost);  // it is under that
    innermost = number;
  }
  if (innermost == SIZE_MAX) return SIZE_MAX;
  list();
  return static_cast<std::size_t>(std::ranges::lower_bound(shown_, innermost) - shown_.begin());
}

}  // namespace overhear
