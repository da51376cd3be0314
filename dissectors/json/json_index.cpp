#include "dissectors/json/json_index.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/utf8.hpp"
#include "dissectors/json/json_escapes.hpp"
#include "dissectors/json/json_parser.hpp"
#include "dissectors/json/text_scan.hpp"

namespace overhear {
std::string_view describe(JsonKind kind) {
  switch (kind) {
    case JsonKind::Object: return "an object";
    case JsonKind::Array: return "an array";
    case JsonKind::String: return "a string";
    case JsonKind::Integer: return "an integer";
    case JsonKind::Decimal: return "a number";
    case JsonKind::True:
    case JsonKind::False: return "a boolean";
    case JsonKind::Null: return "null";
  }
  return {};
}

namespace {

// RFC 6901, 3: "~" is "~0" and "/" is "~1".
void append_pointer_token(std::string& out, std::string_view name, bool has_escapes) {
  const auto append = [&out](std::string_view text) {
    const bool is_plain = text.find('~') == std::string_view::npos && text.find('/') == std::string_view::npos;
    if (is_plain) {
      out += text;
      return;
    }
    for (const char c : text) {
      if (c == '~') {
        out += "~0";
      } else if (c == '/') {
        out += "~1";
      } else {
        out += c;
      }
    }
  };
  if (!has_escapes) return append(name);
  std::string meaning;
  append_unescaped(meaning, name);
  append(meaning);
}

}  // namespace

void JsonIndex::start(std::string_view text) {
  text_ = text;
  nodes_.clear();
  flags_ = {};
  length_ = 0;
  duplicates_.clear();
  duplicate_names_ = 0;
}

JsonIndex::Status JsonIndex::parse(std::string_view text, const Limits& limits) {
  start(text);
  status_ = JsonParser(*this, limits).run(JsonParser::Extent::WholeText);
  return status_;
}

JsonIndex::Status JsonIndex::parse_prefix(std::string_view text, const Limits& limits) {
  start(text);
  status_ = JsonParser(*this, limits).run(JsonParser::Extent::Prefix);
  if (status_ == Status::Valid) text_ = text.substr(0, length_);
  return status_;
}

bool JsonIndex::is_escaped_name(const JsonNode& node, std::string_view wanted) const {
  std::string meaning;
  append_unescaped(meaning, name(node));
  return meaning == wanted;
}

const JsonNode* JsonIndex::find(const JsonNode* parent, std::string_view wanted) const {
  if (parent == nullptr || parent->kind != JsonKind::Object) return nullptr;
  const JsonNode* found = nullptr;
  for (const JsonNode* child = first_child(*parent); child != nullptr; child = next_sibling(*parent, *child)) {
    if (is_name(*child, wanted)) found = child;
  }
  return found;
}

std::string JsonIndex::pointer(const JsonNode& node) const {
  std::string out;
  append_pointer(out, node);
  return out;
}

void JsonIndex::append_pointer(std::string& out, const JsonNode& node) const {
  const JsonNode* parent = nodes_.data();
  while (parent != &node) {
    std::size_t position = 0;
    const JsonNode* step = nullptr;
    for (const JsonNode* child = first_child(*parent); child != nullptr; child = next_sibling(*parent, *child)) {
      if (child <= &node && &node < nodes_.data() + child->next) {
        step = child;
        break;
      }
      ++position;
    }
    if (step == nullptr) return;
    out += '/';
    if (parent->kind == JsonKind::Array) {
      out += std::to_string(position);
    } else {
      append_pointer_token(out, name(*step), step->name_has_escapes);
    }
    parent = step;
  }
}

std::string JsonIndex::pointer_of(std::uint32_t node) const {
  return nodes_.empty() ? std::string() : pointer(nodes_[node]);
}

std::vector<std::string> JsonIndex::duplicate_pointers() const {
  std::vector<std::uint32_t> in_order = duplicates_;
  std::ranges::sort(in_order);
  std::vector<std::string> pointers;
  for (const std::uint32_t node : in_order) pointers.push_back(pointer_of(node));
  return pointers;
}

namespace {

// Writes what the escape at `p` means, and moves `p` behind it.
char* write_escape(char* out, const char*& p, const char* end) {
  if (end - p < 2) {
    *out++ = *p++;
    return out;
  }
  const char kind = p[1];
  if (kind != 'u' || end - p < 6) {
    const char meaning = meaning_of_letter(kind);
    *out++ = meaning != 0 ? meaning : kind;
    p += 2;
    return out;
  }
  int unit = hex4(p + 2);
  p += 6;
  if (is_high_surrogate(unit) && end - p >= 6 && p[0] == '\\' && p[1] == 'u' && is_low_surrogate(hex4(p + 2))) {
    unit = 0x10000 + ((unit - 0xD800) << 10) + (hex4(p + 2) - 0xDC00);
    p += 6;
  } else if (unit < 0 || (unit >= 0xD800 && unit < 0xE000)) {
    unit = 0xFFFD;
  }
  return write_utf8(out, static_cast<char32_t>(unit));
}

}  // namespace

void append_unescaped(std::string& out, std::string_view escaped) {
  const std::size_t before = out.size();
  // No escape means more bytes than it is written with.
  out.resize_and_overwrite(before + escaped.size(), [&](char* data, std::size_t) {
    char* to = data + before;
    const char* p = escaped.data();
    const char* const end = p + escaped.size();
    while (p != end) {
      p = copy_to_backslash(p, end, to);
      if (p != end) to = write_escape(to, p, end);
    }
    return static_cast<std::size_t>(to - data);
  });
}

bool to_integer(std::string_view text, std::int64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace overhear
