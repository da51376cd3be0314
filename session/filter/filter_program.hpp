// A filter compiled: conditions, and how they are joined. Immutable once built; evaluation allocates nothing but for
// texts with escapes.
#pragma once

#include <cstdint>
#include <vector>

#include "session/filter/condition.hpp"

namespace overhear {

class FilterProgram {
 public:
  using NodeId = std::uint32_t;
  enum class Join : std::uint8_t { All, Any, Odd };  // and, or, xor

  NodeId add(Condition condition);
  NodeId negate(NodeId node);
  // REQUIRES: at least one. Asks the cheaper ones first, which changes no answer.
  NodeId join(Join how, std::vector<NodeId> nodes);
  void set_root(NodeId node) { root_ = node; }

  bool matches(const Subject& subject) const { return nodes_.empty() || evaluate(root_, subject); }
  bool reads_json() const;
  bool reads(FieldId field) const;

 private:
  enum class Kind : std::uint8_t { Test, Not, All, Any, Odd };
  struct Node {
    Kind kind = Kind::Test;
    std::uint32_t first = 0;  // the condition, the negated node, or the first of those that are joined
    std::uint32_t count = 0;
    int cost = 0;
  };

  // As deep as the parser lets parentheses nest.
  bool evaluate(NodeId id, const Subject& subject) const;

  std::vector<Condition> conditions_;
  std::vector<Node> nodes_;
  std::vector<NodeId> joined_;
  NodeId root_ = 0;
};

}  // namespace overhear
