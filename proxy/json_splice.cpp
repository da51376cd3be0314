#include "proxy/json_splice.hpp"

#include <charconv>

#include "session/export/json_text.hpp"

#include <fmt/format.h>

namespace overhear {
namespace {

// The first token of "/a~1b/c", and what follows it.
std::string take_token(std::string_view& pointer) {
  pointer.remove_prefix(1);
  const std::string_view raw = pointer.substr(0, pointer.find('/'));
  pointer.remove_prefix(raw.size());
  std::string token;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const bool is_escape = raw[i] == '~' && i + 1 < raw.size();
    token += !is_escape ? raw[i] : raw[++i] == '1' ? '/' : '~';
  }
  return token;
}

const JsonNode* child_of(const JsonIndex& json, const JsonNode& parent, std::string_view token) {
  if (parent.kind == JsonKind::Object) return json.find(&parent, token);
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (parent.kind != JsonKind::Array || error != std::errc{} || end != token.data() + token.size()) return nullptr;
  const JsonNode* child = json.first_child(parent);
  while (child != nullptr && index-- > 0) child = json.next_sibling(parent, *child);
  return child;
}

std::string quoted(std::string_view name) {
  TextBuffer out;
  append_json_string(out, name);
  return std::string(out.view());
}

}  // namespace

const JsonNode* find_at(const JsonIndex& json, std::string_view pointer) {
  if (json.status() != JsonIndex::Status::Valid) return nullptr;
  const JsonNode* node = &json.root();
  while (node != nullptr && !pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    const std::string token = take_token(pointer);
    node = child_of(json, *node, token);
  }
  return node;
}

std::optional<std::string> spliced(std::string_view text, std::string_view pointer, std::string_view value,
                                   const Limits& limits) {
  JsonIndex json;
  if (json.parse(text, limits) != JsonIndex::Status::Valid) return std::nullopt;
  const auto with = [&](std::size_t begin, std::size_t end, std::string_view what) {
    return fmt::format("{}{}{}", text.substr(0, begin), what, text.substr(end));
  };
  if (const JsonNode* const node = find_at(json, pointer)) return with(node->begin, node->end, value);
  const std::size_t last = pointer.rfind('/');
  if (last == pointer.npos) return std::nullopt;
  const JsonNode* const parent = find_at(json, pointer.substr(0, last));
  if (parent == nullptr) return std::nullopt;
  std::string_view rest = pointer.substr(last);
  const std::string name = take_token(rest);
  const std::string_view comma = json.first_child(*parent) == nullptr ? "" : ",";
  const std::size_t end = parent->end - 1;  // its bracket
  if (parent->kind == JsonKind::Object) return with(end, end, fmt::format("{}{}:{}", comma, quoted(name), value));
  if (parent->kind == JsonKind::Array && name == "-") return with(end, end, fmt::format("{}{}", comma, value));
  return std::nullopt;
}

}  // namespace overhear
