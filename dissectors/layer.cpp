#include "dissectors/layer.hpp"

#include <algorithm>

namespace overhear {
namespace {

void emit_parts(LayerContext& context, Direction direction, std::size_t length, FindingList& findings) {
  StreamBuffer& in = context.streams[direction];
  while (length > 0) {
    const std::size_t part = std::min(length, context.limits.opaque_run_bytes);
    Carrier carrier;
    in.carried(0, part, carrier, context.limits.message_packets);
    Unit unit;
    unit.direction = direction;
    unit.bytes = in.view().substr(0, part);
    unit.size = part;
    unit.carrier = &carrier;
    unit.is_opaque = true;
    unit.findings = &findings;
    context.sink.on_unit(unit);
    findings.clear();
    in.consume(part);
    length -= part;
  }
}

}  // namespace

void emit_opaque(LayerContext& context, Direction direction, std::size_t length, const Rule& rule,
                 std::string_view text) {
  FindingList findings;
  findings.add(rule, text).bytes = length;
  emit_parts(context, direction, length, findings);
}

void emit_data(LayerContext& context, Direction direction, std::size_t length) {
  FindingList findings;
  emit_parts(context, direction, length, findings);
}

}  // namespace overhear
