#include "dissectors/framing/length_prefix.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dissectors/app_rules.hpp"
#include "dissectors/framing/framing_rules.hpp"

namespace overhear {
namespace {

constexpr unsigned kMostEmpty = 4;  // so many lengths of zero in a row, and they are none

}  // namespace

LengthPrefix::LengthPrefix(LayerContext& context, Direction direction) : context_(context), direction_(direction) {
  if (context.is_midstream) start_search(0);
}

void LengthPrefix::run(bool is_final) {
  while (!in().empty() && step(is_final)) {
  }
}

// One message or one decision; false where more is needed.
bool LengthPrefix::step(bool is_final) {
  if (rest_ > 0) return skip_rest();
  return is_searching_ ? search(is_final) : take_message(is_final);
}

bool LengthPrefix::take_message(bool is_final) {
  const std::string_view view = in().view();
  if (view.size() < kLengthPrefixBytes) return false;
  const std::size_t length = read_length_prefix(view);
  if (length == 0) return take_empty();
  if (length > context_.limits.message_bytes) {
    Finding finding{.rule = &framing_rules::kBadLength,
                    .spec = {},
                    .text = fmt::format("a length of {} is none that a message can have", length),
                    .field = {},
                    .bytes = length};
    context_.sink.on_finding(direction_, finding);
    start_search(1);
    return true;
  }
  empty_ = 0;
  const bool is_all = view.size() - kLengthPrefixBytes >= length;
  JsonIndex& json = context_.workspace.json;
  if (is_all && json.parse(view.substr(kLengthPrefixBytes, length), context_.limits) == JsonIndex::Status::Valid) {
    emit(length, &json);
    return true;
  }
  if (look_inside(kLengthPrefixBytes + length, is_final)) return true;
  if (!is_all || search_->position() < kLengthPrefixBytes + length) return false;
  emit(length, nullptr);
  return true;
}

// A single one may be a keep-alive of some peer; many are bytes that carry no messages.
bool LengthPrefix::take_empty() {
  emit_opaque(context_, direction_, kLengthPrefixBytes, framing_rules::kBadLength, "a message of no bytes");
  if (++empty_ == kMostEmpty) start_search(0);
  return true;
}

// Whether the next message begins before `end`, which then is not where the one at the front ends.
bool LengthPrefix::look_inside(std::size_t end, bool is_final) {
  if (!search_) search_.emplace(context_.limits, 1);
  if (search_->advance(in().view(), is_final, end) != PrefixSearch::Found::Message) return false;
  const std::string text =
      fmt::format("a length of {}, but the next message begins {} bytes behind it", read_length_prefix(in().view()),
                  search_->position() - std::min(search_->position(), kLengthPrefixBytes));
  emit_opaque(context_, direction_, search_->position(), framing_rules::kBadLength, text);
  search_.reset();
  return true;
}

void LengthPrefix::emit(std::size_t length, const JsonIndex* json) {
  search_.reset();
  Unit unit;
  unit.bytes = in().view().substr(kLengthPrefixBytes, length);
  unit.json = json;
  emit_unit(context_, direction_, kLengthPrefixBytes + length, unit);
}

bool LengthPrefix::skip_rest() {
  const std::size_t part = static_cast<std::size_t>(std::min<std::uint64_t>(rest_, context_.limits.opaque_run_bytes));
  if (in().size() < part) return false;
  emit_opaque(context_, direction_, part, app_rules::kPartial);
  rest_ -= part;
  return true;
}

void LengthPrefix::start_search(std::size_t from) {
  is_searching_ = true;
  search_.emplace(context_.limits, from);
}

bool LengthPrefix::search(bool is_final) {
  const bool is_found = search_->advance(in().view(), is_final) == PrefixSearch::Found::Message;
  const std::size_t run = context_.limits.opaque_run_bytes;
  const std::size_t passed = is_found ? search_->position() : search_->position() / run * run;
  pass_over(context_, direction_, passed, app_rules::kPartial);
  search_->consumed(passed);
  if (!is_found) return false;
  is_searching_ = false;
  search_.reset();
  return true;
}

void LengthPrefix::on_gap(std::uint64_t missing) {
  run(true);
  const std::string_view view = in().view();
  std::uint64_t left = rest_;
  if (left == 0 && !is_searching_ && view.size() >= kLengthPrefixBytes)
    left = kLengthPrefixBytes + read_length_prefix(view);
  const std::size_t held = view.size();
  const bool is_inside = left > 0 && left >= held + missing;
  if (held > 0) emit_opaque(context_, direction_, held, app_rules::kPartial);
  rest_ = is_inside ? left - held - missing : 0;
  is_searching_ = false;
  search_.reset();
  if (!is_inside) start_search(0);
}

void LengthPrefix::on_end() {
  run(true);
  if (!in().empty()) emit_opaque(context_, direction_, in().size(), app_rules::kPartial);
}

}  // namespace overhear
