// Checks a JSON text and fills a JsonIndex with it. Used by JsonIndex only.
//
// The place of reading is a local variable of run(): every reader of a piece takes the place where the piece begins and
// gives the place behind it, or null where it is wrong or not all there. No recursion.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/limits.hpp"
#include "dissectors/json/json_index.hpp"

namespace overhear {

class JsonParser {
 public:
  enum class Extent : std::uint8_t {
    WholeText,  // nothing but white space may follow the value
    Prefix,     // anything may
  };

  // Reads index.text_. `index` has no nodes and no flags yet.
  JsonParser(JsonIndex& index, const Limits& limits);

  JsonIndex::Status run(Extent extent);

 private:
  static constexpr unsigned kMaxDepth = 512;
  static constexpr std::uint32_t kNoNode = 0xFFFFFFFF;

  struct Level {
    std::uint32_t node;  // kNoNode beyond the index limit
    bool is_object;
  };
  struct Name {
    std::uint32_t begin = 0;
    std::uint32_t length = 0;
    bool has_escapes = false;
  };

  const char* value(const char* p);
  const char* scalar(const char* p);
  const char* open(const char* p, JsonKind kind);
  const char* close(const char* p);
  const char* next_member(const char* p);
  const char* member_name(const char* p);
  const char* string(const char* p, bool& has_escapes);
  const char* rest_of_string(const char* p, bool& has_escapes);
  const char* escape(const char* p);
  const char* beyond_ascii(const char* p);
  const char* number(const char* p, JsonKind& kind);
  const char* literal(const char* p, std::string_view word);
  const char* skip_space(const char* p);

  std::uint32_t add_node(const char* p, JsonKind kind);
  void end_node(std::uint32_t node, const char* end, JsonKind kind, bool has_escapes);
  void check_names(std::uint32_t object);
  template <typename NameOf>
  void note_twins(const NameOf& name);

  std::uint32_t offset(const char* p) const { return static_cast<std::uint32_t>(p - begin_); }
  const char* fail(std::string_view why, const char* where);
  const char* need_more();

  JsonIndex& index_;
  const char* begin_;
  const char* end_;
  unsigned depth_limit_;
  std::size_t node_limit_;
  unsigned depth_ = 0;
  Name name_;  // of the value that comes next
  bool expects_value_ = true;
  bool has_lone_surrogate_ = false;  // in the string that was read last
  JsonIndex::Status status_ = JsonIndex::Status::Valid;
  std::array<Level, kMaxDepth> stack_;
};

}  // namespace overhear
