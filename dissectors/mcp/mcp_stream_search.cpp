// How McpStream finds the next package: behind a loss, and among bytes that are none.
#include <algorithm>

#include "dissectors/app_rules.hpp"
#include "dissectors/mcp/mcp_rules.hpp"
#include "dissectors/mcp/mcp_stream.hpp"

namespace overhear::mcp {

// Looks for the next package behind a loss or behind bytes that are none.
bool McpStream::search(bool is_end) {
  if (form_ == Form::Sealed) {
    is_searching_ = false;
    return true;
  }
  if (opener_ && opener_->is_continuous()) return give_up_keystream();
  if (!opener_ && keys_.candidate(0) == nullptr && waits_for_key(is_end)) return false;
  return search_on(is_end);
}

bool McpStream::search_on(bool is_end) {
  if (!resync_) {
    const bool has_opener = opener_ && form_ != Form::Sealed;
    resync_ = std::make_unique<Resync>(context_, keys_, has_opener ? &*opener_ : nullptr);
  }
  const Resync::Found found = resync_->advance(in().view(), is_end);
  const std::size_t run = context_.limits.opaque_run_bytes;
  const bool is_done = found != Resync::Found::Nothing;
  const std::size_t passed = is_done ? resync_->position() : is_end ? in().size() : resync_->position() / run * run;
  pass_over(passed);
  resync_->consumed(std::min(passed, resync_->position()));
  if (!is_done) return false;
  is_searching_ = false;
  on_found(found);
  resync_.reset();
  return true;
}

// What resync_ has found stands at the front.
void McpStream::on_found(Resync::Found found) {
  switch (found) {
    case Resync::Found::Nothing: break;
    case Resync::Found::Clear: is_clear_ = true; break;
    case Resync::Found::SealedLine: {
      if (form_ != Form::Sealed) report_sealed();
      form_ = Form::Sealed;
      sealed_.set_shape(SealedStream::Shape::Lines);
      break;
    }
    case Resync::Found::Sealed: {
      if (!opener_ || form_ == Form::Sealed) open(resync_->take_opening());
      form_ = Form::Opened;
      opener_->on_found();
      break;
    }
  }
}

// Hands on what was searched without success, in records that do not depend on how it came.
void McpStream::pass_over(std::size_t length) {
  while (length > 0) {
    const std::size_t part = std::min(length, context_.limits.opaque_run_bytes);
    if (!is_cipher_possible_) {
      emit_opaque(context_, direction_, part, app_rules::kSkipped);
    } else if (form_ == Form::Clear && keys_.candidate(0) == nullptr) {
      emit_opaque(context_, direction_, part, app_rules::kPartial);
    } else {
      const Rule* const rule = form_ == Form::Sealed ? nullptr : &app_rules::kPartial;
      emit_sealed(context_, direction_, part, in().view().substr(0, part), true, rule);
      passed_ += part;
      if (opener_) opener_->pass_over(part);
    }
    length -= part;
  }
}

// What was lost moved the keystream on by an unknown way: nothing behind it can be read with certainty.
bool McpStream::give_up_keystream() {
  Finding finding{.rule = &rules::kUndecodable,
                  .spec = {},
                  .text = "one continuous keystream: what follows a loss cannot be read",
                  .field = {},
                  .bytes = {}};
  context_.sink.on_finding(direction_, finding);
  form_ = Form::Sealed;
  sealed_.set_shape(opener_->is_raw() ? SealedStream::Shape::Runs : SealedStream::Shape::Lines);
  is_searching_ = false;
  return true;
}

void McpStream::on_gap(std::uint64_t) {
  // What waits for more behind an earlier loss will not get it.
  while (is_searching_ && !in().empty() && search(true)) run(false);
  if (!in().empty()) {
    const bool is_sealed = form_ != Form::Clear && !is_clear_ && is_cipher_possible_;
    const std::size_t held = in().size();
    start_message();
    if (is_sealed) {
      emit_sealed(context_, direction_, held, in().view(), true, &app_rules::kPartial);
    } else {
      emit_opaque(context_, direction_, held, app_rules::kPartial);
    }
  }
  start_message();
  if (opener_) opener_->on_gap();
  sealed_.on_gap();
  trial_.reset();
  resync_.reset();
  is_searching_ = true;
  is_cipher_possible_ = true;
}

}  // namespace overhear::mcp
