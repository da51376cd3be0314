#include "dissectors/websocket/ws_compression.hpp"

#include "dissectors/websocket/ws_rules.hpp"

namespace overhear {

bool WsCompression::applies_to(const WsFrameHeader& first) const {
  if (extension_.is_agreed()) return (first.reserved & kWsRsv1) != 0;
  return extension_.is_possible() && first.reserved == kWsRsv1;
}

void WsCompression::lose() {
  is_lost_ = true;
  if (inflater_) inflater_->reset();
}

const Rule* WsCompression::inflate(std::string_view payload, std::string& text) {
  text.clear();
  if (!inflater_) inflater_.emplace();
  const Rule* problem = inflater_->feed(payload, text, context_.limits.message_bytes);
  return problem != nullptr ? problem : inflater_->finish(text, context_.limits.message_bytes);
}

bool WsCompression::inflate(Unit& unit, FindingList& findings) {
  const bool has_takeover = extension_.has_takeover(direction_);
  const bool is_cut_off = is_lost_ && has_takeover;
  std::string& text = context_.workspace.inflated;
  const Rule* problem = inflate(unit.bytes, text);
  // Where it is not even sure that this is deflate, or where it begins, only JSON is text that was said.
  const bool is_sure = extension_.is_expected() && !is_cut_off;
  const auto is_json = [&] { return context_.workspace.json.parse(text, context_.limits) == JsonIndex::Status::Valid; };
  if (problem == nullptr && !is_sure && !is_json()) problem = &ws_rules::kInflate;
  if (problem != nullptr) lose();
  if (!has_takeover) inflater_->reset();
  if (problem == nullptr) {
    unit.bytes = text;
    if (extension_.is_agreed()) return true;
    findings.add(ws_rules::kExtensionAssumed);
    extension_.standing = DeflateExtension::Standing::Agreed;
    return true;
  }
  const Rule& because = extension_.is_agreed() ? *problem : ws_rules::kReservedBits;
  findings.add(is_cut_off ? ws_rules::kContextLost : because);
  unit.is_opaque = extension_.is_agreed();
  return false;
}

}  // namespace overhear
