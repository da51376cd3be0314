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
  if (!context.is_midstream) return;
  is_after_loss_ = true;
  start_search(0);
}

void LengthPrefix::run(bool is_final) {
  while (!in().empty() && step(is_final)) {
  }
}

// One message or one decision; false where more is needed.
bool LengthPrefix::step(bool is_final) {
  if (bare_) {
    bare_->on_data();
    return false;
  }
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
    is_confirmed_ = true;
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
  bare_search_.reset();
  if (!is_confirmed_) bare_search_.emplace(context_);
}

// Whether a message without a length begins before `end`: nothing that stands behind one does.
bool LengthPrefix::find_bare(std::size_t end, bool is_final) {
  if (!bare_search_) return false;
  const std::string_view view = in().view();
  while (bare_search_->advance(view, is_final, end) == JsonSearch::Found::Message) {
    if (!is_after_loss_ || view[bare_search_->position()] != '{') return true;
    // The length may be what was lost: then that of the next message follows.
    JsonProgress object(context_.limits);
    object.scan(view.substr(bare_search_->position()));
    const std::string_view behind = view.substr(bare_search_->position() + object.length());
    if (behind.empty() && !is_final) return false;
    if (!behind.starts_with('\0')) return true;
    bare_search_->skip();
  }
  return false;
}

bool LengthPrefix::search(bool is_final) {
  const bool is_behind_length = search_->advance(in().view(), is_final) == PrefixSearch::Found::Message;
  const bool is_bare = find_bare(search_->position(), is_final);
  const bool is_found = is_behind_length || is_bare;
  const std::size_t run = context_.limits.opaque_run_bytes;
  std::size_t passed = search_->position();
  if (bare_search_ && (is_bare || !is_found)) passed = std::min(passed, bare_search_->position());
  if (!is_found) passed = passed / run * run;
  const char last = passed > 0 ? in().view()[passed - 1] : '\0';
  pass_over(context_, direction_, passed, app_rules::kPartial);
  if (!is_found) search_->consumed(passed);
  if (!is_found && bare_search_ && passed > 0) bare_search_->consumed(passed, last);
  if (!is_found) return false;
  if (is_bare) bare_ = std::make_unique<JsonPackages>(context_, direction_);
  is_searching_ = false;
  search_.reset();
  bare_search_.reset();
  return true;
}

void LengthPrefix::on_gap(std::uint64_t missing) {
  run(true);
  if (bare_) return bare_->on_gap(missing);
  is_after_loss_ = true;
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
  if (bare_) return bare_->on_end();
  if (!in().empty()) emit_opaque(context_, direction_, in().size(), app_rules::kPartial);
}

std::size_t LengthPrefix::held() const {
  return (bare_ ? bare_->held() : 0) + (bare_search_ ? bare_search_->held() : 0);
}

}  // namespace overhear
