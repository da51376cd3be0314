#include "session/filter/filter_program.hpp"

#include <algorithm>
#include <variant>

namespace overhear {

FilterProgram::NodeId FilterProgram::add(Condition condition) {
  const int dear = cost(condition);
  conditions_.push_back(std::move(condition));
  nodes_.push_back({Kind::Test, static_cast<std::uint32_t>(conditions_.size() - 1), 1, dear});
  return static_cast<NodeId>(nodes_.size() - 1);
}

FilterProgram::NodeId FilterProgram::negate(NodeId node) {
  nodes_.push_back({Kind::Not, node, 1, nodes_[node].cost});
  return static_cast<NodeId>(nodes_.size() - 1);
}

FilterProgram::NodeId FilterProgram::join(Join how, std::vector<NodeId> nodes) {
  if (nodes.size() == 1) return nodes.front();
  std::ranges::stable_sort(nodes, {}, [this](NodeId node) { return nodes_[node].cost; });
  int cost = 0;
  for (const NodeId node : nodes) cost += nodes_[node].cost;
  const Kind kind = how == Join::All ? Kind::All : how == Join::Any ? Kind::Any : Kind::Odd;
  nodes_.push_back({kind, static_cast<std::uint32_t>(joined_.size()), static_cast<std::uint32_t>(nodes.size()), cost});
  joined_.insert(joined_.end(), nodes.begin(), nodes.end());
  return static_cast<NodeId>(nodes_.size() - 1);
}

bool FilterProgram::evaluate(NodeId id, const Subject& subject) const {
  const Node& node = nodes_[id];
  const auto holds_one = [&](NodeId joined) { return evaluate(joined, subject); };
  const std::span<const NodeId> joined = node.kind == Kind::Test || node.kind == Kind::Not
                                             ? std::span<const NodeId>()
                                             : std::span(joined_).subspan(node.first, node.count);
  switch (node.kind) {
    case Kind::Test: return holds(conditions_[node.first], subject);
    case Kind::Not: return !evaluate(node.first, subject);
    case Kind::All: return std::ranges::all_of(joined, holds_one);
    case Kind::Any: return std::ranges::any_of(joined, holds_one);
    case Kind::Odd: return std::ranges::count_if(joined, holds_one) % 2 == 1;
  }
  return false;
}

bool FilterProgram::reads_json() const {
  return std::ranges::any_of(
      conditions_, [](const Condition& condition) { return std::holds_alternative<BodyCondition>(condition); });
}

bool FilterProgram::reads(FieldId field) const {
  const auto is_about = [field](const auto& condition) {
    if constexpr (requires { condition.field; }) {
      return condition.field == field;
    } else {
      return field == FieldId::BodyPlace;
    }
  };
  return std::ranges::any_of(conditions_, [&](const Condition& condition) { return std::visit(is_about, condition); });
}

}  // namespace overhear
