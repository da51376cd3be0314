#include "dissectors/json/json_parser.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "dissectors/json/text_scan.hpp"

namespace overhear {
namespace {}  // namespace

// stack_ is written before it is read: clearing its 4 KiB would cost more than a message.
JsonParser::JsonParser(JsonIndex& index, const Limits& limits)  // NOLINT(cppcoreguidelines-pro-type-member-init)
    : index_(index),
      begin_(index.text_.data()),
      end_(begin_ + index.text_.size()),
      depth_limit_(std::min(limits.json_depth, kMaxDepth)),
      node_limit_(limits.json_nodes) {}

JsonIndex::Status JsonParser::run(Extent extent) {
  const char* p = begin_;
  if (index_.text_.starts_with(kByteOrderMark)) {
    index_.flags_.byte_order_mark = true;
    p += kByteOrderMark.size();
  } else if (!index_.text_.empty() && kByteOrderMark.starts_with(index_.text_)) {
    need_more();
    return status_;
  }
  do {
    p = expects_value_ ? value(p) : next_member(p);
    if (p == nullptr) return status_;
  } while (expects_value_ || depth_ > 0);
  index_.length_ = static_cast<std::size_t>(p - begin_);
  if (extent == Extent::WholeText && skip_space(p) != end_) fail("something stands behind the value", skip_space(p));
  return status_;
}

const char* JsonParser::fail(std::string_view why, const char* where) {
  index_.error_ = why;
  index_.error_offset_ = static_cast<std::size_t>(where - begin_);
  status_ = JsonIndex::Status::Invalid;
  return nullptr;
}

const char* JsonParser::need_more() {
  index_.error_ = "the text ends inside a value";
  index_.error_offset_ = index_.text_.size();
  status_ = JsonIndex::Status::Incomplete;
  return nullptr;
}

inline const char* JsonParser::skip_space(const char* p) {
  for (; p != end_; ++p) {
    const char c = *p;
    if (c == ' ') continue;
    if (c != '\n' && c != '\r' && c != '\t') break;
    index_.flags_.breaks_between_tokens = true;
  }
  return p;
}

inline std::uint32_t JsonParser::add_node(const char* p, JsonKind kind) {
  if (index_.nodes_.size() >= node_limit_) {
    index_.flags_.index_limit = true;
    return kNoNode;
  }
  const auto id = static_cast<std::uint32_t>(index_.nodes_.size());
  index_.nodes_.push_back({name_.begin, name_.length, offset(p), 0, 0, kind, false, name_.has_escapes});
  return id;
}

inline void JsonParser::end_node(std::uint32_t id, const char* end, JsonKind kind, bool has_escapes) {
  if (id == kNoNode) return;
  JsonNode& node = index_.nodes_[id];
  node.end = offset(end);
  node.next = id + 1;
  node.kind = kind;
  node.has_escapes = has_escapes;
}

inline const char* JsonParser::value(const char* p) {
  p = skip_space(p);
  if (p == end_) return need_more();
  if (*p == '{') return open(p, JsonKind::Object);
  if (*p == '[') return open(p, JsonKind::Array);
  expects_value_ = false;
  return scalar(p);
}

inline const char* JsonParser::scalar(const char* p) {
  JsonKind kind = JsonKind::String;
  bool has_escapes = false;
  const char* end = nullptr;
  const std::uint32_t id = add_node(p, kind);
  switch (*p) {
    case '"': end = string(p, has_escapes); break;
    case 't':
      kind = JsonKind::True;
      end = literal(p, "true");
      break;
    case 'f':
      kind = JsonKind::False;
      end = literal(p, "false");
      break;
    case 'n':
      kind = JsonKind::Null;
      end = literal(p, "null");
      break;
    default: end = number(p, kind);
  }
  if (end == nullptr) return nullptr;
  end_node(id, end, kind, has_escapes);
  if (has_lone_surrogate_) {
    if (!index_.flags_.lone_surrogate) index_.surrogate_node_ = id == kNoNode ? 0 : id;
    index_.flags_.lone_surrogate = true;
    has_lone_surrogate_ = false;
  }
  return end;
}

const char* JsonParser::open(const char* p, JsonKind kind) {
  if (depth_ == depth_limit_) {
    fail("JSON nests too deep", p);
    status_ = JsonIndex::Status::TooDeep;
    return nullptr;
  }
  const bool is_object = kind == JsonKind::Object;
  stack_[depth_++] = {add_node(p, kind), is_object};
  p = skip_space(p + 1);
  if (p != end_ && *p == (is_object ? '}' : ']')) return close(p);
  expects_value_ = true;
  if (is_object) return member_name(p);
  name_ = {};
  return p;
}

// p stands on the closing bracket.
inline const char* JsonParser::close(const char* p) {
  ++p;
  expects_value_ = false;
  const Level level = stack_[--depth_];
  if (level.node == kNoNode) return p;
  JsonNode& node = index_.nodes_[level.node];
  node.end = offset(p);
  node.next = static_cast<std::uint32_t>(index_.nodes_.size());
  if (level.is_object) check_names(level.node);
  return p;
}

// Behind a value inside an object or array: the next one begins, or the container ends.
inline const char* JsonParser::next_member(const char* p) {
  p = skip_space(p);
  if (p == end_) return need_more();
  const bool is_object = stack_[depth_ - 1].is_object;
  if (*p == ',') {
    expects_value_ = true;
    if (is_object) return member_name(skip_space(p + 1));
    name_ = {};
    return p + 1;
  }
  if (*p == (is_object ? '}' : ']')) return close(p);
  return fail(is_object ? "a comma or the end of an object is missing" : "a comma or the end of an array is missing",
              p);
}

// p stands on a member's name; the place given is behind its colon.
inline const char* JsonParser::member_name(const char* p) {
  if (p == end_) return need_more();
  if (*p != '"') return fail("a name in quotes is missing", p);
  bool has_escapes = false;
  const char* const behind = string(p, has_escapes);
  if (behind == nullptr) return nullptr;
  // A lone surrogate in a name is one of the value that it names, as far as a finding can point.
  name_ = {offset(p + 1), offset(behind - 1) - offset(p + 1), has_escapes};
  p = skip_space(behind);
  if (p == end_) return need_more();
  return *p == ':' ? p + 1 : fail("a colon is missing", p);
}

// p stands on the opening quote; the place given is behind the closing one.
inline const char* JsonParser::string(const char* p, bool& has_escapes) {
  const char* const special = find_special_in_string(p + 1, end_);
  if (special != end_ && *special == '"') return special + 1;
  return rest_of_string(special, has_escapes);
}

}  // namespace overhear
