#include "dissectors/mcp/mcp_sealed.hpp"

#include <algorithm>
#include <vector>

#include "decrypt/base64.hpp"
#include "dissectors/app_rules.hpp"
#include "dissectors/json/json_boundary.hpp"
#include "dissectors/mcp/mcp_text.hpp"

namespace overhear::mcp {

void emit_sealed(LayerContext& context, Direction direction, std::size_t length, std::string_view cipher,
                 bool boundaries_unknown, const Rule* rule) {
  if (rule != nullptr) context.workspace.findings.add(*rule).bytes = length;
  Unit unit;
  unit.bytes = cipher;
  unit.is_encrypted = true;
  unit.boundaries_unknown = boundaries_unknown;
  emit_unit(context, direction, length, unit);
}

bool SealedStream::decide(bool is_end) {
  const std::string_view view = in().view();
  std::size_t at = 0;
  while (at < view.size() && is_json_separator(view[at])) ++at;
  std::size_t end = std::max(at, scanned_);
  while (end < view.size() && is_base64_character(view[end])) ++end;
  scanned_ = end;
  if (end == view.size() && !is_end && view.size() <= context_.limits.message_bytes) return false;
  const bool is_line = end > at && (end == view.size() || view[end] == '\n' || view[end] == '\r');
  scanned_ = 0;
  shape_ = is_line ? Shape::Lines : Shape::Runs;
  return true;
}

bool SealedStream::take_line(bool is_end, bool is_cipher) {
  const std::string_view view = in().view().substr(0, context_.limits.message_bytes);
  const std::size_t end = view.find('\n', scanned_);
  if (end == std::string_view::npos && !is_end && view.size() == in().size()) {
    scanned_ = view.size();
    return false;
  }
  scanned_ = 0;
  const std::size_t length = std::min(end, view.size() - 1) + 1;
  if (!is_cipher) {
    emit_opaque(context_, direction_, length, app_rules::kSkipped);
    return true;
  }
  std::vector<std::uint8_t> cipher;
  const std::string_view line = without_space_behind(view.substr(0, length));
  separators_.tell(view.substr(line.size(), length - line.size()));
  const bool is_base64 = decode_base64(line, cipher, Base64::Lenient);
  emit_sealed(context_, direction_, length, is_base64 ? as_text(cipher) : line, false, nullptr);
  return true;
}

}  // namespace overhear::mcp
