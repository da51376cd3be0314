#include "dissectors/gradagenda/gradagenda_batch.hpp"

#include <utility>

#include "dissectors/app_rules.hpp"
#include "dissectors/field_check.hpp"
#include "dissectors/field_text.hpp"
#include "dissectors/gradagenda/gradagenda_rules.hpp"
#include "dissectors/gradagenda/gradagenda_table.hpp"

namespace overhear::gradagenda {
namespace {

// Finding a field's place costs a walk over its elder siblings; a batch of nothing but errors must not cost its square.
constexpr std::size_t kMaxFindings = 500;

bool has_actions(const JsonIndex& json, const JsonNode& batch) {
  const JsonNode* actions = json.find(&batch, "actions");
  return actions != nullptr && actions->kind == JsonKind::Array && json.first_child(*actions) != nullptr;
}

}  // namespace

void BatchReader::read(const JsonIndex& json, const JsonNode& batch, Direction direction, Dissection& out) {
  Walk walk{json, direction, out};
  list(walk, batch, 1);
  if (walk.is_full) out.findings.add(ga_rules::kBatchTooLong).field = "/actions";
  if (walk.is_silent) out.findings.add(ga_rules::kBatchFindings).field = "/actions";
}

void BatchReader::list(Walk& walk, const JsonNode& batch, unsigned depth) {
  const JsonNode* actions = walk.json.find(&batch, "actions");
  if (actions == nullptr || actions->kind != JsonKind::Array) return;
  for (const JsonNode* node = walk.json.first_child(*actions); node != nullptr && !walk.is_full;
       node = walk.json.next_sibling(*actions, *node)) {
    element(walk, *node, depth);
  }
}

void BatchReader::element(Walk& walk, const JsonNode& node, unsigned depth) {
  const JsonNode* type = walk.json.find(&node, "type");
  const MessageType* row = find_type(meaning_of(walk.json, type, scratch_), walk.direction);
  const bool is_batch = row != nullptr && row->name == kBatchType && has_actions(walk.json, node);
  if (!is_batch) return action(walk, node, row, nullptr);
  if (!std::exchange(walk.is_nested, true)) {
    walk.json.append_pointer(walk.out.findings.add(ga_rules::kNestedBatch).field, node);
  }
  if (depth == ga_rules::kBatchDepth) return action(walk, node, row, &ga_rules::kBatchTooDeep);
  if (!walk.is_silent) check_fields(walk.json, node, *row, walk.out.findings);
  list(walk, node, depth + 1);
}

void BatchReader::action(Walk& walk, const JsonNode& node, const MessageType* row, const Rule* remark) {
  Dissection& out = walk.out;
  if (out.actions.size() == ga_rules::kBatchActions) {
    walk.is_full = true;
    return;
  }
  const std::size_t before = out.action_findings.items().size();
  walk.is_silent |= before + out.findings.items().size() > kMaxFindings;
  if (remark != nullptr) out.action_findings.add(*remark);
  if (!walk.is_silent) check(walk, node, row);
  Action& action = out.actions.emplace_back();
  action.index = static_cast<std::uint32_t>(out.actions.size() - 1);
  action.type_spec = row;
  action.type = row != nullptr ? row->name : string_of(walk.json, walk.json.find(&node, "type"));
  action.id = id_of(walk.json, walk.json.find(&node, "cdid"));
  action.json = &node;
  action.first_finding = static_cast<std::uint32_t>(before);
  action.findings = static_cast<std::uint32_t>(out.action_findings.items().size() - before);
}

void BatchReader::check(Walk& walk, const JsonNode& node, const MessageType* row) {
  FindingList& findings = walk.out.action_findings;
  if (node.kind != JsonKind::Object) return;  // the batch's own row says so
  if (row != nullptr) {
    check_fields(walk.json, node, *row, findings);
    const bool may_send = walk.direction == Direction::Client ? row->from_client : row->from_server;
    if (!may_send) findings.add(app_rules::kWrongSender).spec = row->section;
    return;
  }
  if (!is_string(walk.json.find(&node, "type"))) return check_fields(walk.json, node, kEnvelope, findings);
  note_unknown_type(findings, kEnvelope.section, walk.json.pointer(*walk.json.find(&node, "type")));
}

}  // namespace overhear::gradagenda
