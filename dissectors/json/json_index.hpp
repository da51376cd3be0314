// One JSON text, checked and indexed in one pass on the bytes where they lie. Nothing is copied, unescaped or
// converted: a node says where its name and its value stand. The same object is used for message after message, so that
// its memory is allocated once. No recursion: nesting costs a bit of a fixed stack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "base/same_bytes.hpp"

namespace overhear {

enum class JsonKind : std::uint8_t { Object, Array, String, Integer, Decimal, True, False, Null };

// "an object", "a string", "an integer": for findings that people read.
std::string_view describe(JsonKind kind);

struct JsonNode {
  std::uint32_t name_begin = 0;  // the name without its quotes, as it stands; length 0 for array elements and the root
  std::uint32_t name_length = 0;
  std::uint32_t begin = 0;  // the value as it stands, strings with their quotes
  std::uint32_t end = 0;
  std::uint32_t next = 0;  // the node behind this one and all that it holds: the next sibling, if there is one
  JsonKind kind = JsonKind::Null;
  bool has_escapes = false;       // in the string value
  bool name_has_escapes = false;  // in the name
};

// Python's json module refuses integers with more digits, and with them the whole text.
inline constexpr std::size_t kCommonIntegerDigits = 4300;

class JsonIndex {
 public:
  enum class Status : std::uint8_t { Valid, Incomplete, Invalid, TooDeep };

  struct Flags {
    bool breaks_between_tokens = false;  // line breaks or tabs outside strings
    bool unsafe_in_strings = false;      // DEL, C1 controls or bidi controls inside strings
    bool duplicate_name = false;
    bool lone_surrogate = false;
    bool byte_order_mark = false;
    bool huge_number = false;  // an integer of more digits than common readers take (kCommonIntegerDigits)
    bool index_limit = false;  // more values than Limits::json_nodes: only the first ones have nodes
  };

  // Checks `text` and indexes it; all views given out refer to it and need it alive. White space (and one byte order
  // mark) around the value is fine, anything else behind it is Invalid.
  Status parse(std::string_view text, const Limits& limits);
  // The same for the value at the beginning of a longer text: what follows it is not looked at. `length()` then says
  // how long the value is. Incomplete: the text ends inside the value.
  Status parse_prefix(std::string_view text, const Limits& limits);

  Status status() const { return status_; }
  std::size_t length() const { return length_; }  // of the value, from the text's beginning
  const Flags& flags() const { return flags_; }
  // Where and why parsing stopped, for a text that is not Valid.
  std::size_t error_offset() const { return error_offset_; }
  std::string_view error() const { return error_; }
  // JSON pointer of the first lone surrogate.
  std::string surrogate_pointer() const { return pointer_of(surrogate_node_); }
  // Names that stand more than once in one object: how many, and JSON pointers of the first kMostDuplicates.
  static constexpr std::size_t kMostDuplicates = 16;
  std::size_t duplicate_names() const { return duplicate_names_; }
  std::vector<std::string> duplicate_pointers() const;

  std::string_view text() const { return text_; }

  // Nodes in the order of the text. The root is node 0 and exists for every Valid text.
  const JsonNode& root() const { return nodes_.front(); }
  const JsonNode* first_child(const JsonNode& parent) const {
    if (parent.kind != JsonKind::Object && parent.kind != JsonKind::Array) return nullptr;
    const auto id = static_cast<std::size_t>(&parent - nodes_.data()) + 1;
    return id < parent.next ? &nodes_[id] : nullptr;
  }
  const JsonNode* next_sibling(const JsonNode& parent, const JsonNode& child) const {
    return child.next < parent.next ? &nodes_[child.next] : nullptr;
  }

  // The member of an object (the last, where the name stands twice); nullptr if there is none or `parent` is null or
  // no object. Names with escapes are compared as what they mean.
  const JsonNode* find(const JsonNode* parent, std::string_view name) const;
  const JsonNode* find(std::string_view name) const { return status_ == Status::Valid ? find(&root(), name) : nullptr; }

  std::string_view name(const JsonNode& node) const { return {text_.data() + node.name_begin, node.name_length}; }
  // The value as it stands; a string without its quotes, escapes as sent.
  std::string_view value(const JsonNode& node) const {
    const std::size_t quote = node.kind == JsonKind::String ? 1 : 0;
    return {text_.data() + node.begin + quote, node.end - node.begin - 2 * quote};
  }
  // The raw value, strings with their quotes.
  std::string_view raw(const JsonNode& node) const { return {text_.data() + node.begin, node.end - node.begin}; }
  bool is_name(const JsonNode& node, std::string_view wanted) const {
    return node.name_has_escapes ? is_escaped_name(node, wanted) : same_bytes(name(node), wanted);
  }

  // JSON pointer (RFC 6901) of a node.
  std::string pointer(const JsonNode& node) const;
  void append_pointer(std::string& out, const JsonNode& node) const;

 private:
  friend class JsonParser;

  bool is_escaped_name(const JsonNode& node, std::string_view wanted) const;
  std::string pointer_of(std::uint32_t node) const;
  void start(std::string_view text);

  std::string_view text_;
  std::vector<JsonNode> nodes_;
  std::vector<std::uint32_t> scratch_;
  Flags flags_;
  std::uint32_t surrogate_node_ = 0;
  std::vector<std::uint32_t> duplicates_;  // the last member of each name, at most kMostDuplicates
  std::size_t duplicate_names_ = 0;
  Status status_ = Status::Incomplete;
  std::size_t length_ = 0;
  std::size_t error_offset_ = 0;
  std::string_view error_;
};

// Appends what a JSON string (without quotes) means, as UTF-8. A lone surrogate becomes U+FFFD.
void append_unescaped(std::string& out, std::string_view escaped);
inline std::string unescaped(std::string_view escaped) {
  std::string out;
  append_unescaped(out, escaped);
  return out;
}
// The number that an Integer node's text means, if it fits.
bool to_integer(std::string_view text, std::int64_t& out);

}  // namespace overhear
