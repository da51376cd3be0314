#include "dissectors/layer.hpp"

#include <algorithm>

namespace overhear {
namespace {

void emit_parts(LayerContext& context, Direction direction, std::size_t length, FindingList& findings) {
  while (length > 0) {
    const std::size_t part = std::min(length, context.limits.opaque_run_bytes);
    Unit unit;
    unit.bytes = context.streams[direction].view().substr(0, part);
    unit.is_opaque = true;
    unit.findings = &findings;
    emit_unit(context, direction, part, unit);
    findings.clear();
    length -= part;
  }
}

}  // namespace

void emit_unit(LayerContext& context, Direction direction, std::size_t length, Unit& unit) {
  StreamBuffer& in = context.streams[direction];
  Carrier& carrier = context.workspace.carrier;
  carrier.clear();
  in.carried(0, length, carrier, context.limits.message_packets);
  unit.direction = direction;
  unit.size = length;
  unit.end = in.offset() + length;
  unit.carrier = &carrier;
  if (unit.findings == nullptr) unit.findings = &context.workspace.findings;
  context.sink.on_unit(unit);
  in.consume(length);
}

void emit_opaque(LayerContext& context, Direction direction, std::size_t length, const Rule& rule,
                 std::string_view text) {
  FindingList findings;
  findings.add(rule, text).bytes = length;
  emit_parts(context, direction, length, findings);
}

void pass_over(LayerContext& context, Direction direction, std::size_t length, const Rule& rule) {
  while (length > 0) {
    const std::size_t part = std::min(length, context.limits.opaque_run_bytes);
    emit_opaque(context, direction, part, rule);
    length -= part;
  }
}

void emit_data(LayerContext& context, Direction direction, std::size_t length) {
  FindingList findings;
  emit_parts(context, direction, length, findings);
}

}  // namespace overhear
