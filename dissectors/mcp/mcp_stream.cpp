#include "dissectors/mcp/mcp_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dissectors/app_rules.hpp"
#include "dissectors/framing/first_bytes.hpp"
#include "dissectors/json/json_rules.hpp"
#include "dissectors/mcp/mcp_rules.hpp"

namespace overhear::mcp {

McpStream::McpStream(LayerContext& context, ConnectionKeys& keys, Direction direction)
    : context_(context),
      keys_(keys),
      direction_(direction),
      separators_(context, direction),
      sealed_(context, direction, separators_),
      is_cipher_possible_(context.is_midstream),
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
    separators_.consume(static_cast<std::size_t>(begin - view.begin()));
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
    case Form::Sealed: return take_sealed(is_end);
  }
  return false;
}

// Whether JSON in clear stands at the front (behind white space): an object whose first name follows. One ciphertext in
// 2^15 begins so too; what opens is no JSON in clear.
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
  const Reading reading = read_sealed(is_end);
  need_more = reading == Reading::NeedMore;
  if (reading != Reading::None) return false;
  separators_.consume(opening);
  return true;
}

// What stands at the front, where it can be ciphertext without lines of which the key is known.
Reading McpStream::read_sealed(bool is_end) {
  if (form_ == Form::Opened) return opener_->is_raw() ? opener_->read_front(is_end) : Reading::None;
  if (form_ != Form::Undecided || !is_cipher_possible_) return Reading::None;
  if (!any_reading_) any_reading_ = std::make_unique<AnyReading>(context_, keys_);
  return any_reading_->read(in().view(), is_end);
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
// begins before, behind what then was none (true), or it is ciphertext of which nobody knew (true).
bool McpStream::take_doubtful(std::string_view view, bool is_final, std::size_t& length) {
  if (ending_ == 0) ending_ = boundary_.scan(view);
  if (!resync_) resync_ = std::make_unique<Resync>(context_, keys_, opener_ ? &*opener_ : nullptr);
  const Resync::Found found = resync_->advance(view, is_final);
  const bool is_found = found != Resync::Found::Nothing;
  const std::size_t position = resync_->position();
  if (is_found && position == 0) {
    on_found(found);
    start_message();
    return true;
  }
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

void McpStream::emit_clear(std::size_t length) {
  const std::string_view text = in().view().substr(0, length);
  look_for_handshake(text);
  Unit unit;
  unit.bytes = text;
  emit_unit(context_, direction_, length, unit);
}

void McpStream::look_for_handshake(std::string_view text) {
  JsonIndex& json = context_.workspace.json;
  if (json.parse(text, context_.limits) != JsonIndex::Status::Valid) return;
  const JsonNode* const type = json.find("type");
  if (type == nullptr || !json.value(*type).starts_with("Handshake.Handshake")) return;
  if (form_ == Form::Clear || !is_cipher_possible_) form_ = Form::Undecided;
  is_cipher_possible_ = true;
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

void McpStream::on_end() {
  run(true);
  if (!in().empty()) emit_opaque(context_, direction_, in().size(), app_rules::kPartial);
}

std::size_t McpStream::held() const {
  return (trial_ ? trial_->held() : 0) + (resync_ ? resync_->held() : 0) + (opener_ ? opener_->held() : 0);
}

}  // namespace overhear::mcp
