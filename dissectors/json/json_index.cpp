#include "dissectors/json/json_index.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>

#include "dissectors/json/text_scan.hpp"
#include "dissectors/json/utf8.hpp"

namespace overhear {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr unsigned kMaxDepth = 512;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The value of the four hex digits at p, or -1.
int hex4(const char* p) {
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(p[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

constexpr bool is_high_surrogate(int unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
constexpr bool is_low_surrogate(int unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

}  // namespace

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

class JsonIndex::Parser {
 public:
  Parser(JsonIndex& index, const Limits& limits)
      : index_(index),
        begin_(index.text_.data()),
        end_(begin_ + index.text_.size()),
        p_(begin_),
        depth_limit_(std::min(limits.json_depth, kMaxDepth)),
        node_limit_(limits.json_nodes) {}

  Status run(bool is_prefix);

 private:
  enum class Next : std::uint8_t { Value, AfterValue, Done, Stop };

  struct Level {
    std::uint32_t node;  // kNoNode beyond the index limit
    bool is_object;
  };
  static constexpr std::uint32_t kNoNode = 0xFFFFFFFF;

  Next value();
  Next after_value();
  Next open(JsonKind kind);
  void close();
  bool member_name();
  bool string(bool& has_escapes);
  bool rest_of_string(bool& has_escapes);
  bool escape();
  bool beyond_ascii();
  bool number(JsonKind& kind);
  bool literal(std::string_view word);
  void skip_space();
  void flag_node(std::uint32_t node);
  void check_names(std::uint32_t object);
  std::uint32_t add_node(JsonKind kind);

  std::uint32_t offset(const char* p) const { return static_cast<std::uint32_t>(p - begin_); }
  bool fail(std::string_view why, const char* where) {
    index_.error_ = why;
    index_.error_offset_ = static_cast<std::size_t>(where - begin_);
    status_ = Status::Invalid;
    return false;
  }
  bool need_more() {
    index_.error_ = "the text ends inside a value";
    index_.error_offset_ = index_.text_.size();
    status_ = Status::Incomplete;
    return false;
  }

  JsonIndex& index_;
  const char* begin_;
  const char* end_;
  const char* p_;
  unsigned depth_limit_;
  std::size_t node_limit_;
  unsigned depth_ = 0;
  std::uint32_t name_begin_ = 0;
  std::uint32_t name_length_ = 0;
  bool name_has_escapes_ = false;
  bool surrogate_here_ = false;
  Status status_ = Status::Valid;
  std::array<Level, kMaxDepth> stack_;
};

void JsonIndex::Parser::skip_space() {
  while (p_ != end_) {
    const char c = *p_;
    if (c == ' ') {
      ++p_;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      index_.flags_.breaks_between_tokens = true;
      ++p_;
    } else {
      return;
    }
  }
}

std::uint32_t JsonIndex::Parser::add_node(JsonKind kind) {
  if (index_.nodes_.size() >= node_limit_) {
    index_.flags_.index_limit = true;
    return kNoNode;
  }
  const auto id = static_cast<std::uint32_t>(index_.nodes_.size());
  JsonNode& node = index_.nodes_.emplace_back();
  node.name_begin = name_begin_;
  node.name_length = name_length_;
  node.name_has_escapes = name_has_escapes_;
  node.begin = offset(p_);
  node.kind = kind;
  return id;
}

// UTF-8 beyond ASCII, checked by RFC 3629. Controls that act on a terminal are remembered for the exporter.
bool JsonIndex::Parser::beyond_ascii() {
  const unsigned length = utf8_length(p_, end_);
  if (length == 0) {
    return utf8_is_cut(p_, end_) ? need_more() : fail("a byte that is no UTF-8", p_);
  }
  if (is_unsafe_character(p_, length)) index_.flags_.unsafe_in_strings = true;
  p_ += length;
  return true;
}

bool JsonIndex::Parser::escape() {
  if (end_ - p_ < 2) return need_more();
  switch (p_[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': p_ += 2; return true;
    case 'u': break;
    default: return fail("an unknown escape in a string", p_);
  }
  if (end_ - p_ < 6) return need_more();
  const int unit = hex4(p_ + 2);
  if (unit < 0) return fail("\\u without four hex digits", p_);
  if (is_high_surrogate(unit)) {
    const bool has_pair = end_ - p_ >= 12 && p_[6] == '\\' && p_[7] == 'u' && is_low_surrogate(hex4(p_ + 8));
    if (has_pair) {
      p_ += 12;
      return true;
    }
    surrogate_here_ = true;
  } else if (is_low_surrogate(unit)) {
    surrogate_here_ = true;
  }
  p_ += 6;
  return true;
}

// p_ stands on the opening quote; afterwards behind the closing one.
inline bool JsonIndex::Parser::string(bool& has_escapes) {
  const char* const special = find_special_in_string(p_ + 1, end_);
  if (special != end_ && *special == '"') {
    p_ = special + 1;
    return true;
  }
  p_ = special;
  return rest_of_string(has_escapes);
}

// p_ stands on the first byte that needs a look.
bool JsonIndex::Parser::rest_of_string(bool& has_escapes) {
  for (;; p_ = find_special_in_string(p_, end_)) {
    if (p_ == end_) return need_more();
    const auto c = static_cast<unsigned char>(*p_);
    if (c == '"') {
      ++p_;
      return true;
    }
    if (c == '\\') {
      has_escapes = true;
      if (!escape()) return false;
    } else if (c >= 0x80) {
      if (!beyond_ascii()) return false;
    } else if (c == 0x7F) {
      index_.flags_.unsafe_in_strings = true;
      ++p_;
    } else {
      return fail("a control character inside a string", p_);
    }
  }
}

bool JsonIndex::Parser::number(JsonKind& kind) {
  const char* const start = p_;
  kind = JsonKind::Integer;
  if (*p_ == '-') ++p_;
  if (p_ == end_) return need_more();
  if (*p_ == '0') {
    ++p_;
  } else if (is_digit(*p_)) {
    while (p_ != end_ && is_digit(*p_)) ++p_;
  } else {
    return fail("a number without digits", start);
  }
  if (p_ != end_ && *p_ == '.') {
    kind = JsonKind::Decimal;
    const char* const digits = ++p_;
    while (p_ != end_ && is_digit(*p_)) ++p_;
    if (p_ == digits) return p_ == end_ ? need_more() : fail("no digit behind the decimal point", start);
  }
  if (p_ != end_ && (*p_ == 'e' || *p_ == 'E')) {
    kind = JsonKind::Decimal;
    ++p_;
    if (p_ != end_ && (*p_ == '+' || *p_ == '-')) ++p_;
    const char* const digits = p_;
    while (p_ != end_ && is_digit(*p_)) ++p_;
    if (p_ == digits) return p_ == end_ ? need_more() : fail("no digit in the exponent", start);
  }
  if (kind == JsonKind::Integer && static_cast<std::size_t>(p_ - start) > kCommonIntegerDigits) {
    index_.flags_.huge_number = true;
  }
  if (p_ != end_ && (is_digit(*p_) || ((*p_ | 0x20) >= 'a' && (*p_ | 0x20) <= 'z'))) {
    return fail("no JSON number", start);
  }
  return true;
}

bool JsonIndex::Parser::literal(std::string_view word) {
  const std::string_view rest(p_, static_cast<std::size_t>(end_ - p_));
  if (rest.starts_with(word)) {
    p_ += word.size();
    return true;
  }
  return word.starts_with(rest) ? need_more() : fail("neither a value nor a literal", p_);
}

void JsonIndex::Parser::flag_node(std::uint32_t node) {
  if (!index_.flags_.duplicate_name && !index_.flags_.lone_surrogate) index_.flagged_node_ = node == kNoNode ? 0 : node;
}

JsonIndex::Parser::Next JsonIndex::Parser::open(JsonKind kind) {
  if (depth_ == depth_limit_) {
    index_.error_ = "JSON nests too deep";
    index_.error_offset_ = static_cast<std::size_t>(p_ - begin_);
    status_ = Status::TooDeep;
    return Next::Stop;
  }
  const std::uint32_t id = add_node(kind);
  stack_[depth_++] = {id, kind == JsonKind::Object};
  ++p_;
  skip_space();
  if (p_ != end_ && *p_ == (kind == JsonKind::Object ? '}' : ']')) {
    close();
    return Next::AfterValue;
  }
  if (kind == JsonKind::Object) return member_name() ? Next::Value : Next::Stop;
  name_length_ = 0;
  name_has_escapes_ = false;
  return Next::Value;
}

// p_ stands on the closing bracket.
void JsonIndex::Parser::close() {
  ++p_;
  const Level level = stack_[--depth_];
  if (level.node == kNoNode) return;
  JsonNode& node = index_.nodes_[level.node];
  node.end = offset(p_);
  node.next = static_cast<std::uint32_t>(index_.nodes_.size());
  if (level.is_object) check_names(level.node);
}

// Finds a name that stands twice. Few members: each with each; many: sorted.
void JsonIndex::Parser::check_names(std::uint32_t object) {
  constexpr std::size_t kFew = 12;
  auto& members = index_.scratch_;
  members.clear();
  bool has_escapes = false;
  const JsonNode& parent = index_.nodes_[object];
  for (const JsonNode* child = index_.first_child(parent); child != nullptr;
       child = index_.next_sibling(parent, *child)) {
    members.push_back(static_cast<std::uint32_t>(child - index_.nodes_.data()));
    has_escapes |= child->name_has_escapes;
  }
  const auto report = [this](std::uint32_t node) {
    flag_node(node);
    index_.flags_.duplicate_name = true;
  };
  const auto meaning = [this](std::uint32_t id) {
    std::string name;
    append_unescaped(name, index_.name(index_.nodes_[id]));
    return name;
  };
  if (members.size() <= kFew && !has_escapes) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      const std::string_view name = index_.name(index_.nodes_[members[i]]);
      for (std::size_t k = 0; k < i; ++k) {
        if (index_.is_name(index_.nodes_[members[k]], name)) return report(members[i]);
      }
    }
    return;
  }
  if (!has_escapes) {
    std::ranges::sort(members, {}, [this](std::uint32_t id) { return index_.name(index_.nodes_[id]); });
    const auto twin =
        std::ranges::adjacent_find(members, {}, [this](std::uint32_t id) { return index_.name(index_.nodes_[id]); });
    if (twin != members.end()) report(std::max(twin[0], twin[1]));
    return;
  }
  std::ranges::sort(members, {}, meaning);
  const auto twin = std::ranges::adjacent_find(members, {}, meaning);
  if (twin != members.end()) report(std::max(twin[0], twin[1]));
}

// p_ stands on a member's name; afterwards behind its colon.
bool JsonIndex::Parser::member_name() {
  if (p_ == end_) return need_more();
  if (*p_ != '"') return fail("a name in quotes is missing", p_);
  const char* const start = p_ + 1;
  bool has_escapes = false;
  if (!string(has_escapes)) return false;
  name_begin_ = offset(start);
  name_length_ = offset(p_ - 1) - name_begin_;
  name_has_escapes_ = has_escapes;
  skip_space();
  if (p_ == end_) return need_more();
  if (*p_ != ':') return fail("a colon is missing", p_);
  ++p_;
  return true;
}

JsonIndex::Parser::Next JsonIndex::Parser::value() {
  skip_space();
  if (p_ == end_) {
    need_more();
    return Next::Stop;
  }
  JsonKind kind = JsonKind::Null;
  bool has_escapes = false;
  const char c = *p_;
  switch (c) {
    case '{': return open(JsonKind::Object);
    case '[': return open(JsonKind::Array);
    case '"': kind = JsonKind::String; break;
    case 't': kind = JsonKind::True; break;
    case 'f': kind = JsonKind::False; break;
    case 'n': kind = JsonKind::Null; break;
    default:
      if (c != '-' && !is_digit(c)) {
        fail("neither a value nor a literal", p_);
        return Next::Stop;
      }
      kind = JsonKind::Integer;
  }
  const std::uint32_t id = add_node(kind);
  const bool is_good = kind == JsonKind::String    ? string(has_escapes)
                       : kind == JsonKind::Integer ? number(kind)
                                                   : literal(c == 't'   ? "true"
                                                             : c == 'f' ? "false"
                                                                        : "null");
  if (!is_good) return Next::Stop;
  if (id != kNoNode) {
    JsonNode& node = index_.nodes_[id];
    node.end = offset(p_);
    node.next = id + 1;
    node.kind = kind;
    node.has_escapes = has_escapes;
  }
  if (surrogate_here_) {
    flag_node(id);
    index_.flags_.lone_surrogate = true;
    surrogate_here_ = false;
  }
  return Next::AfterValue;
}

JsonIndex::Parser::Next JsonIndex::Parser::after_value() {
  if (depth_ == 0) return Next::Done;
  skip_space();
  if (p_ == end_) {
    need_more();
    return Next::Stop;
  }
  const Level& level = stack_[depth_ - 1];
  if (*p_ == ',') {
    ++p_;
    if (!level.is_object) {
      name_length_ = 0;
      name_has_escapes_ = false;
      return Next::Value;
    }
    skip_space();
    return member_name() ? Next::Value : Next::Stop;
  }
  if (*p_ == (level.is_object ? '}' : ']')) {
    close();
    return Next::AfterValue;
  }
  fail(level.is_object ? "a comma or the end of an object is missing" : "a comma or the end of an array is missing",
       p_);
  return Next::Stop;
}

JsonIndex::Status JsonIndex::Parser::run(bool is_prefix) {
  if (index_.text_.starts_with(kByteOrderMark)) {
    index_.flags_.byte_order_mark = true;
    p_ += kByteOrderMark.size();
  }
  Next next = Next::Value;
  while (next == Next::Value || next == Next::AfterValue) next = next == Next::Value ? value() : after_value();
  if (next == Next::Stop) return status_;
  index_.length_ = static_cast<std::size_t>(p_ - begin_);
  if (is_prefix) return Status::Valid;
  skip_space();
  if (p_ != end_) {
    fail("something stands behind the value", p_);
    return status_;
  }
  return Status::Valid;
}

JsonIndex::Status JsonIndex::parse(std::string_view text, const Limits& limits) {
  text_ = text;
  nodes_.clear();
  flags_ = {};
  length_ = 0;
  status_ = Parser(*this, limits).run(false);
  return status_;
}

JsonIndex::Status JsonIndex::parse_prefix(std::string_view text, const Limits& limits) {
  text_ = text;
  nodes_.clear();
  flags_ = {};
  length_ = 0;
  status_ = Parser(*this, limits).run(true);
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

std::string JsonIndex::flagged_pointer() const {
  return nodes_.empty() ? std::string() : pointer(nodes_[flagged_node_]);
}

void append_unescaped(std::string& out, std::string_view escaped) {
  const char* p = escaped.data();
  const char* const end = p + escaped.size();
  while (p != end) {
    if (*p != '\\' || end - p < 2) {
      out += *p++;
      continue;
    }
    const char kind = p[1];
    if (kind != 'u' || end - p < 6) {
      switch (kind) {
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case 'n': out += '\n'; break;
        case 'r': out += '\r'; break;
        case 't': out += '\t'; break;
        default: out += kind;
      }
      p += 2;
      continue;
    }
    int unit = hex4(p + 2);
    p += 6;
    if (is_high_surrogate(unit) && end - p >= 6 && p[0] == '\\' && p[1] == 'u' && is_low_surrogate(hex4(p + 2))) {
      unit = 0x10000 + ((unit - 0xD800) << 10) + (hex4(p + 2) - 0xDC00);
      p += 6;
    } else if (unit < 0 || (unit >= 0xD800 && unit < 0xE000)) {
      unit = 0xFFFD;
    }
    append_utf8(out, static_cast<char32_t>(unit));
  }
}

bool to_integer(std::string_view text, std::int64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace overhear
