#include "session/table/secrets.hpp"

#include <algorithm>
#include <set>

#include "dissectors/field_text.hpp"
#include "dissectors/registry.hpp"

namespace overhear {
namespace {

void collect(std::set<std::string_view>& names, std::span<const Field> fields) {
  for (const Field& field : fields) {
    if (field.is_secret) names.insert(field.name);
    collect(names, field.fields);
  }
}

const std::set<std::string_view>& names_in_tables() {
  static const std::set<std::string_view> kNames = [] {
    std::set<std::string_view> names;
    for (const Protocol* protocol : all_protocols()) {
      for (const MessageType& type : protocol->messages) collect(names, type.fields);
    }
    return names;
  }();
  return kNames;
}

bool is_secret(const JsonIndex& json, const JsonNode& node) {
  if (node.name_length == 0) return false;
  if (!node.name_has_escapes) return is_secret_name(json.name(node));
  return is_secret_name(unescaped(json.name(node)));
}

// In valid JSON these bytes stand only between tokens.
void append_line(std::string& out, std::string_view text) {
  const std::size_t start = out.size();
  out += text;
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
      [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
}

}  // namespace

bool is_secret_name(std::string_view name) {
  return names_in_tables().contains(name) || sounds_secret(name);
}

void append_json(std::string& out, const JsonIndex& json, const JsonNode& value, bool masks) {
  const std::string_view text = json.text();
  if (!masks) return append_line(out, text.substr(value.begin, value.end - value.begin));
  const JsonNode* const nodes = &json.root();
  std::size_t at = value.begin;  // what is before it has been written
  std::size_t seen = value.begin;
  for (std::size_t id = static_cast<std::size_t>(&value - nodes) + 1; id < value.next;) {
    const JsonNode& node = nodes[id];
    if (!is_secret(json, node)) {
      seen = std::max<std::size_t>(seen, node.begin);
      ++id;
      continue;
    }
    append_line(out, text.substr(at, node.begin - at));
    out += '"';
    out += kSecretMask;
    out += '"';
    at = seen = node.end;
    id = node.next;
  }
  const bool is_container = value.kind == JsonKind::Object || value.kind == JsonKind::Array;
  if (json.flags().index_limit && is_container && value.next == nodes->next) {
    append_line(out, text.substr(at, seen - at));
    out += "…";
    return;
  }
  append_line(out, text.substr(at, value.end - at));
}

}  // namespace overhear
