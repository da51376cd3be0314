// A place in a message's JSON, as filters and columns name it: body.data.users[*].id. One name may mean several places.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "dissectors/json/json_index.hpp"

namespace overhear {

struct PathStep {
  enum class Kind : std::uint8_t { Member, Element, AnyElement };
  Kind kind = Kind::Member;
  std::string name;       // of a Member, as it means
  std::size_t index = 0;  // of an Element, from 0
};
using BodyPath = std::vector<PathStep>;

inline const JsonNode* element_of(const JsonIndex& json, const JsonNode& array, std::size_t index) {
  if (array.kind != JsonKind::Array) return nullptr;
  const JsonNode* node = json.first_child(array);
  for (; node != nullptr && index > 0; --index) node = json.next_sibling(array, *node);
  return node;
}

// Calls `accept` with each node that the steps from `at` on lead to, until one is accepted. As deep as the path is
// long.
template <typename Accept>
bool visit_place(const JsonIndex& json, const JsonNode& node, const BodyPath& path, const Accept& accept,
                 std::size_t at = 0) {
  if (at == path.size()) return accept(node);
  const PathStep& step = path[at];
  if (step.kind == PathStep::Kind::AnyElement) {
    if (node.kind != JsonKind::Array) return false;
    for (const JsonNode* child = json.first_child(node); child != nullptr; child = json.next_sibling(node, *child)) {
      if (visit_place(json, *child, path, accept, at + 1)) return true;
    }
    return false;
  }
  const bool is_member = step.kind == PathStep::Kind::Member;
  const JsonNode* const next = is_member ? json.find(&node, step.name) : element_of(json, node, step.index);
  return next != nullptr && visit_place(json, *next, path, accept, at + 1);
}

}  // namespace overhear
