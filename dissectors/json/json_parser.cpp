#include "dissectors/json/json_parser.hpp"

#include <algorithm>
#include <string>

#include "base/utf8.hpp"
#include "dissectors/json/json_escapes.hpp"
#include "dissectors/json/text_scan.hpp"

namespace overhear {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

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

void JsonParser::flag_node(std::uint32_t node) {
  const JsonIndex::Flags& flags = index_.flags_;
  if (!flags.duplicate_name && !flags.lone_surrogate) index_.flagged_node_ = node == kNoNode ? 0 : node;
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
    flag_node(id);
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

// Finds a name that stands twice. Few members: each with each; many: sorted.
void JsonParser::check_names(std::uint32_t object) {
  constexpr std::size_t kFew = 12;
  auto& members = index_.scratch_;
  members.clear();
  bool has_escapes = false;
  const JsonNode* const nodes = index_.nodes_.data();
  const std::uint32_t end = nodes[object].next;
  for (std::uint32_t member = object + 1; member < end; member = nodes[member].next) {
    members.push_back(member);
    has_escapes |= nodes[member].name_has_escapes;
  }
  const auto name = [&](std::uint32_t id) { return index_.name(nodes[id]); };
  const auto meaning = [&](std::uint32_t id) {
    std::string text;
    append_unescaped(text, name(id));
    return text;
  };
  std::uint32_t twin = kNoNode;
  if (members.size() <= kFew && !has_escapes) {
    for (std::size_t i = 1; i < members.size() && twin == kNoNode; ++i) {
      const JsonNode& later = nodes[members[i]];
      for (std::size_t k = 0; k < i; ++k) {
        const JsonNode& earlier = nodes[members[k]];
        if (earlier.name_length == later.name_length && index_.is_name(earlier, index_.name(later))) twin = members[i];
      }
    }
  } else if (!has_escapes) {
    std::ranges::sort(members, {}, name);
    const auto found = std::ranges::adjacent_find(members, {}, name);
    if (found != members.end()) twin = std::max(found[0], found[1]);
  } else {
    std::ranges::sort(members, {}, meaning);
    const auto found = std::ranges::adjacent_find(members, {}, meaning);
    if (found != members.end()) twin = std::max(found[0], found[1]);
  }
  if (twin == kNoNode) return;
  flag_node(twin);
  index_.flags_.duplicate_name = true;
}

// p stands on the opening quote; the place given is behind the closing one.
inline const char* JsonParser::string(const char* p, bool& has_escapes) {
  const char* const special = find_special_in_string(p + 1, end_);
  if (special != end_ && *special == '"') return special + 1;
  return rest_of_string(special, has_escapes);
}

// p stands on the first byte that needs a look.
const char* JsonParser::rest_of_string(const char* p, bool& has_escapes) {
  for (;; p = find_special_in_string(p, end_)) {
    if (p == end_) return need_more();
    const auto c = static_cast<unsigned char>(*p);
    if (c == '"') return p + 1;
    if (c == '\\') {
      has_escapes = true;
      p = escape(p);
    } else if (c >= 0x80) {
      p = beyond_ascii(p);
    } else if (c == 0x7F) {
      index_.flags_.unsafe_in_strings = true;
      ++p;
    } else {
      return fail("a control character inside a string", p);
    }
    if (p == nullptr) return nullptr;
  }
}

inline const char* JsonParser::escape(const char* p) {
  if (end_ - p < 2) return need_more();
  switch (p[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return p + 2;
    case 'u': break;
    default: return fail("an unknown escape in a string", p);
  }
  const char* const digits = p + 2;
  for (const char* digit = digits; digit != digits + 4; ++digit) {
    if (digit == end_) return need_more();
    if (hex_digit(*digit) < 0) return fail("\\u without four hex digits", p);
  }
  const int unit = hex4(digits);
  if (is_high_surrogate(unit)) {
    const bool has_pair = end_ - p >= 12 && p[6] == '\\' && p[7] == 'u' && is_low_surrogate(hex4(p + 8));
    if (has_pair) return p + 12;
  }
  has_lone_surrogate_ |= is_high_surrogate(unit) || is_low_surrogate(unit);
  return p + 6;
}

// UTF-8 beyond ASCII, checked by RFC 3629. Controls that act on a terminal are remembered for the exporter.
inline const char* JsonParser::beyond_ascii(const char* p) {
  const unsigned length = utf8_length(p, end_);
  if (length == 0) return utf8_is_cut(p, end_) ? need_more() : fail("a byte that is no UTF-8", p);
  if (is_unsafe_character(p, length)) index_.flags_.unsafe_in_strings = true;
  return p + length;
}

const char* JsonParser::number(const char* p, JsonKind& kind) {
  const char* const start = p;
  const auto digits = [this](const char* from) {
    return std::find_if_not(from, end_, [](char c) { return is_json_digit(c); });
  };
  kind = JsonKind::Integer;
  if (*p == '-') ++p;
  if (p == end_) return need_more();
  if (!is_json_digit(*p)) {
    return fail(*start == '-' ? "a number without digits" : "neither a value nor a literal", start);
  }
  p = *p == '0' ? p + 1 : digits(p);
  if (static_cast<std::size_t>(p - start) > kCommonIntegerDigits) index_.flags_.huge_number = true;
  if (p != end_ && *p == '.') {
    kind = JsonKind::Decimal;
    const char* const fraction = p + 1;
    p = digits(fraction);
    if (p == fraction) return p == end_ ? need_more() : fail("no digit behind the decimal point", start);
  }
  if (p != end_ && (*p == 'e' || *p == 'E')) {
    kind = JsonKind::Decimal;
    ++p;
    if (p != end_ && (*p == '+' || *p == '-')) ++p;
    const char* const exponent = p;
    p = digits(exponent);
    if (p == exponent) return p == end_ ? need_more() : fail("no digit in the exponent", start);
  }
  const bool goes_on = p != end_ && (is_json_digit(*p) || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z'));
  return goes_on ? fail("no JSON number", start) : p;
}

const char* JsonParser::literal(const char* p, std::string_view word) {
  const std::string_view rest(p, static_cast<std::size_t>(end_ - p));
  if (rest.starts_with(word)) return p + word.size();
  return word.starts_with(rest) ? need_more() : fail("neither a value nor a literal", p);
}

}  // namespace overhear
