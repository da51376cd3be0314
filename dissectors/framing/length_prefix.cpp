#include "dissectors/framing/length_prefix.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dissectors/app_rules.hpp"
#include "dissectors/framing/framing_rules.hpp"

namespace overhear {
namespace {

std::uint32_t read_be32(std::string_view bytes) {
  const auto at = [bytes](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])); };
  return at(0) << 24 | at(1) << 16 | at(2) << 8 | at(3);
}

}  // namespace

LengthPrefix::LengthPrefix(LayerContext& context, Direction direction)
    : context_(context), direction_(direction), is_searching_(context.is_midstream) {}

void LengthPrefix::on_data() {
  for (;;) {
    if (rest_ > 0) {
      if (!skip_rest()) return;
    } else if (is_searching_) {
      if (!search()) return;
    } else if (!take_message()) {
      return;
    }
  }
}

bool LengthPrefix::take_message() {
  const std::string_view view = in().view();
  if (view.size() < kLengthPrefixBytes) return false;
  const std::size_t length = read_be32(view);
  if (length == 0 || length > context_.limits.message_bytes) {
    const std::string text = fmt::format("a length of {} is none that a message can have", length);
    if (length == 0) {
      emit_opaque(context_, direction_, kLengthPrefixBytes, framing_rules::kBadLength, text);
    } else {
      Finding finding{.rule = &framing_rules::kBadLength, .spec = {}, .text = text, .field = {}, .bytes = length};
      context_.sink.on_finding(direction_, finding);
      start_search();
      searched_ = 1;
    }
    return true;
  }
  if (view.size() < kLengthPrefixBytes + length) return false;
  Unit unit;
  unit.bytes = view.substr(kLengthPrefixBytes, length);
  emit_unit(context_, direction_, kLengthPrefixBytes + length, unit);
  return true;
}

bool LengthPrefix::skip_rest() {
  const std::size_t part = static_cast<std::size_t>(std::min<std::uint64_t>(rest_, context_.limits.opaque_run_bytes));
  if (in().size() < part) return false;
  emit_opaque(context_, direction_, part, app_rules::kPartial);
  rest_ -= part;
  return true;
}

void LengthPrefix::start_search() {
  is_searching_ = true;
  searched_ = 0;
}

void LengthPrefix::on_gap(std::uint64_t missing) {
  const std::string_view view = in().view();
  std::uint64_t left = rest_;
  if (left == 0 && !is_searching_ && view.size() >= kLengthPrefixBytes) left = kLengthPrefixBytes + read_be32(view);
  const bool is_inside = left >= view.size() + missing && left > 0;
  const std::size_t held = view.size();
  if (held > 0) emit_opaque(context_, direction_, held, app_rules::kPartial);
  rest_ = is_inside ? left - held - missing : 0;
  if (!is_inside) start_search();
}

void LengthPrefix::on_end() {
  if (!in().empty()) emit_opaque(context_, direction_, in().size(), app_rules::kPartial);
}

bool LengthPrefix::search() {
  JsonIndex& json = context_.workspace.json;
  for (;;) {
    const std::string_view view = in().view();
    if (searched_ >= context_.limits.opaque_run_bytes) {
      emit_opaque(context_, direction_, context_.limits.opaque_run_bytes, app_rules::kPartial);
      searched_ -= context_.limits.opaque_run_bytes;
      continue;
    }
    if (view.size() < searched_ + kLengthPrefixBytes + 1) return false;
    const std::string_view at = view.substr(searched_);
    const std::size_t length = read_be32(at);
    // JSON text holds no zero byte, and every length within the limit begins with one.
    const bool is_candidate = length >= 2 && length <= context_.limits.message_bytes && at[kLengthPrefixBytes] == '{';
    if (!is_candidate) {
      ++searched_;
      continue;
    }
    if (at.size() < kLengthPrefixBytes + length) return false;
    if (json.parse(at.substr(kLengthPrefixBytes, length), context_.limits) != JsonIndex::Status::Valid) {
      ++searched_;
      continue;
    }
    is_searching_ = false;
    const std::size_t skipped = searched_;
    searched_ = 0;
    if (skipped > 0) emit_opaque(context_, direction_, skipped, app_rules::kPartial);
    return true;
  }
}

}  // namespace overhear
