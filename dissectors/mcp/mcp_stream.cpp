#include "dissectors/mcp/mcp_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dissectors/app_rules.hpp"
#include "dissectors/framing/first_bytes.hpp"
#include "dissectors/json/json_rules.hpp"
#include "dissectors/mcp/mcp_rules.hpp"
#include "dissectors/mcp/mcp_text.hpp"

namespace overhear::mcp {

McpStream::McpStream(LayerContext& context, ConnectionKeys& keys, Direction direction)
    : context_(context),
      keys_(keys),
      direction_(direction),
      sealed_(context, direction),
      is_searching_(context.is_midstream),
      clear_(context.limits) {}

void McpStream::run(bool is_end) {
  while (step(is_end)) {
  }
}

// One message or one decision; false where more is needed.
bool McpStream::step(bool is_end) {
  if (in().empty()) return false;
  if (is_clear_) return take_clear();
  if (is_searching_) return search(is_end);
  const bool is_run = form_ == Form::Sealed && sealed_.shape() == SealedStream::Shape::Runs && !is_behind_clear_;
  const bool blank_is_cipher = form_ == Form::Undecided || (form_ == Form::Opened && opener_->is_raw()) || is_run;
  if (!blank_is_cipher) {
    const std::string_view view = in().view();
    const auto begin = std::ranges::find_if_not(view, is_json_separator);
    in().consume(static_cast<std::size_t>(begin - view.begin()));
    if (in().empty()) return false;
    is_behind_clear_ = false;
  }
  bool need_more = false;
  if (begins_clear(is_end, need_more)) {
    is_clear_ = true;
    return true;
  }
  if (need_more) return false;
  switch (form_) {
    case Form::Clear: form_ = Form::Undecided; return true;
    case Form::Undecided: return decide(is_end);
    case Form::Opened: return take_opened(is_end);
    case Form::Sealed: {
      if (opener_ || untried_secret() == nullptr) return sealed_.take(is_end);
      reopen();
      return true;
    }
  }
  return false;
}

// Whether JSON in clear stands at the front (behind white space): an object whose first name follows.
bool McpStream::begins_clear(bool is_end, bool& need_more) {
  const std::string_view view = in().view();
  auto at = std::ranges::find_if_not(view, is_json_separator);
  if (at == view.end() || *at != '{') return false;
  const auto opening = static_cast<std::size_t>(at - view.begin());
  at = std::find_if_not(at + 1, view.end(), is_json_separator);
  if (at == view.end()) {
    need_more = !is_end && view.size() <= kMostBlank;
    return false;
  }
  if (*at != '"' && *at != '}') return false;
  in().consume(opening);
  return true;
}

bool McpStream::take_clear() {
  const std::string_view view = in().view().substr(0, context_.limits.message_bytes);
  const bool is_over_limit = in().size() > view.size();
  std::size_t length = 0;
  switch (clear_.scan(view)) {
    case JsonProgress::Status::Whole: length = clear_.length(); break;
    case JsonProgress::Status::NeedMore: break;
    case JsonProgress::Status::Broken: {
      if (take_doubtful(view, is_over_limit, length)) return true;
      break;
    }
  }
  if (length > 0) {
    start_message();
    emit_clear(length);
    is_behind_clear_ = true;
    return true;
  }
  if (!is_over_limit) return false;
  start_message();
  emit_opaque(context_, direction_, view.size(), app_rules::kMessageLimit);
  is_searching_ = true;
  return true;
}

// The package at the front is not valid JSON: it ends where its brackets balance (`length`), unless the next package
// begins before, behind what then was none (true).
bool McpStream::take_doubtful(std::string_view view, bool is_final, std::size_t& length) {
  if (ending_ == 0) ending_ = boundary_.scan(view);
  if (!resync_) resync_ = std::make_unique<Resync>(context_, keys_, opener_ ? &*opener_ : nullptr);
  const bool is_found = resync_->advance(view, is_final) != Resync::Found::Nothing;
  const std::size_t position = resync_->position();
  if (ending_ > 0 && position >= ending_) {
    length = ending_;
    return false;
  }
  if (!is_found) return false;
  start_message();
  emit_opaque(context_, direction_, position, json_rules::kInvalid,
              "not valid JSON, and without an end: the next package begins inside it");
  is_searching_ = true;
  return true;
}

void McpStream::start_message() {
  clear_ = JsonProgress(context_.limits);
  boundary_.reset();
  ending_ = 0;
  resync_.reset();
  is_clear_ = false;
  if (opener_) opener_->start_message();
}

void McpStream::look_for_handshake(std::string_view text) {
  JsonIndex& json = context_.workspace.json;
  if (json.parse(text, context_.limits) != JsonIndex::Status::Valid) return;
  const JsonNode* const type = json.find("type");
  if (type == nullptr || !json.value(*type).starts_with("Handshake.Handshake")) return;
  if (form_ == Form::Clear) form_ = Form::Undecided;
  const JsonNode* const key = json.find(json.find("data"), "publicKey");
  if (key == nullptr || key->kind != JsonKind::String) return;
  std::string text_of_key;
  append_unescaped(text_of_key, json.value(*key));
  const std::uint64_t generation = keys_.generation();
  const std::string weakness = keys_.on_public_key(direction_, text_of_key);
  if (generation != keys_.generation()) start_anew();
  if (weakness.empty()) return;
  Finding& finding = context_.workspace.findings.add(rules::kWeakKey, fmt::format("the public key {}", weakness));
  finding.field = "/data/publicKey";
}

// What follows this side's handshake is encrypted with what comes of it, also behind a second one.
void McpStream::start_anew() {
  form_ = Form::Undecided;
  opener_.reset();
  sealed_.set_shape(SealedStream::Shape::Unknown);
  passed_ = 0;
}

void McpStream::emit_clear(std::size_t length) {
  const std::string_view text = in().view().substr(0, length);
  look_for_handshake(text);
  Unit unit;
  unit.bytes = text;
  emit_unit(context_, direction_, length, unit);
}

const McpSecret* McpStream::untried_secret() {
  if (std::exchange(generation_, keys_.generation()) != keys_.generation()) {
    tried_ = 0;
    trial_.reset();
  }
  return keys_.candidate(tried_);
}

void McpStream::report_sealed() {
  Finding finding{.rule = &rules::kUndecodable, .spec = {}, .text = {}, .field = {}, .bytes = {}};
  if (tried_ > 1) finding.text = fmt::format("none of the {} keys for this session opens a package", tried_);
  if (tried_ > 0) return context_.sink.on_finding(direction_, finding);
  if (!keys_.take_report()) return;
  finding.rule = &rules::kNoKey;
  finding.text = fmt::format("what follows the handshakes cannot be opened: {}", keys_.why_unknown());
  context_.sink.on_finding(std::nullopt, finding);
}

// The first encrypted bytes of this direction stand at the front.
bool McpStream::decide(bool is_end) {
  if (std::ranges::all_of(in().view(), is_json_separator)) {
    // Line ends behind the last message are nothing that is encrypted.
    if (is_end) in().consume(in().size());
    if (in().size() <= kMostBlank) return false;
    emit_data(context_, direction_, kMostBlank);
    return true;
  }
  while (const McpSecret* const secret = untried_secret()) {
    if (!trial_) trial_ = std::make_unique<VariantTrial>(*secret);
    switch (trial_->advance(in().view(), context_, is_end || in().size() > context_.limits.message_bytes)) {
      case VariantTrial::Status::NeedMore: return false;
      case VariantTrial::Status::None: {
        trial_.reset();
        ++tried_;
        break;
      }
      case VariantTrial::Status::Found: {
        in().consume(trial_->skipped());
        open(trial_->take_opening());
        trial_.reset();
        return true;
      }
    }
  }
  if (waits_for_key(is_end)) return false;
  return decide_sealed(is_end);
}

// A key that opens what stands at the front may still come.
bool McpStream::waits_for_key(bool is_end) {
  if (is_end || !context_.may_wait || !keys_.has_public_key()) return false;
  context_.lacks_key[static_cast<std::size_t>(direction_)] = true;
  return true;
}

// Without a key the form still shows.
bool McpStream::decide_sealed(bool is_end) {
  if (!sealed_.decide(is_end)) return false;
  report_sealed();
  form_ = Form::Sealed;
  return true;
}

// A key has come that may open what follows. Of ciphertext without lines nobody knows where the next message begins.
void McpStream::reopen() {
  form_ = Form::Undecided;
  is_searching_ = sealed_.shape() == SealedStream::Shape::Runs;
}

void McpStream::open(Opening opening) {
  opener_.emplace(context_, direction_, std::move(opening), passed_);
  form_ = Form::Opened;
}

bool McpStream::take_opened(bool is_end) {
  switch (opener_->take(is_end)) {
    case McpOpener::Step::Taken: return true;
    case McpOpener::Step::NeedMore: return false;
    case McpOpener::Step::Lost: is_searching_ = true; return true;
  }
  return false;
}

void McpStream::on_turn() {
  if (form_ == Form::Sealed && sealed_.shape() == SealedStream::Shape::Runs) run(true);
}

// Looks for the next package behind a loss or behind bytes that are none.
bool McpStream::search(bool is_end) {
  if (form_ == Form::Sealed) {
    is_searching_ = false;
    return true;
  }
  if (opener_ && opener_->is_continuous()) return give_up_keystream();
  if (!opener_ && keys_.candidate(0) == nullptr && waits_for_key(is_end)) return false;
  if (!resync_) resync_ = std::make_unique<Resync>(context_, keys_, opener_ ? &*opener_ : nullptr);
  const Resync::Found found = resync_->advance(in().view(), is_end);
  const std::size_t run = context_.limits.opaque_run_bytes;
  const bool is_done = found != Resync::Found::Nothing;
  const std::size_t passed = is_done ? resync_->position() : is_end ? in().size() : resync_->position() / run * run;
  pass_over(passed);
  resync_->consumed(std::min(passed, resync_->position()));
  if (!is_done) return false;
  is_searching_ = false;
  switch (found) {
    case Resync::Found::Nothing: break;
    case Resync::Found::Clear: is_clear_ = true; break;
    case Resync::Found::SealedLine: {
      report_sealed();
      form_ = Form::Sealed;
      sealed_.set_shape(SealedStream::Shape::Lines);
      break;
    }
    case Resync::Found::Sealed: {
      if (!opener_) open(resync_->take_opening());
      form_ = Form::Opened;
      opener_->on_found();
      break;
    }
  }
  resync_.reset();
  return true;
}

// Hands on what was searched without success, in records that do not depend on how it came.
void McpStream::pass_over(std::size_t length) {
  while (length > 0) {
    const std::size_t part = std::min(length, context_.limits.opaque_run_bytes);
    if (form_ == Form::Clear && keys_.candidate(0) == nullptr) {
      emit_opaque(context_, direction_, part, app_rules::kPartial);
    } else {
      emit_sealed(context_, direction_, part, in().view().substr(0, part), true, &app_rules::kPartial);
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
    const bool is_sealed = form_ != Form::Clear && !is_clear_;
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
}

void McpStream::on_end() {
  run(true);
  if (!in().empty()) emit_opaque(context_, direction_, in().size(), app_rules::kPartial);
}

std::size_t McpStream::held() const {
  return (trial_ ? trial_->held() : 0) + (resync_ ? resync_->held() : 0) + (opener_ ? opener_->held() : 0);
}

}  // namespace overhear::mcp
