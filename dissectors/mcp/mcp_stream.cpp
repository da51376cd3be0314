#include "dissectors/mcp/mcp_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.hpp"
#include "decrypt/base64.hpp"
#include "dissectors/app_rules.hpp"
#include "dissectors/framing/first_bytes.hpp"
#include "dissectors/mcp/mcp_rules.hpp"

namespace overhear::mcp {
namespace {

constexpr std::size_t kFirstChunk = 512;  // decrypted at a time, doubled until a message is whole

std::string_view without_space_behind(std::string_view text) {
  while (!text.empty() && is_json_separator(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

McpStream::McpStream(LayerContext& context, ConnectionKeys& keys, Direction direction)
    : context_(context), keys_(keys), direction_(direction), is_searching_(context.is_midstream) {}

void McpStream::run(bool is_end) {
  while (step(is_end)) {
  }
}

// One message or one decision; false where more is needed.
bool McpStream::step(bool is_end) {
  if (in().empty()) return false;
  if (is_clear_) return take_clear(is_end);
  if (is_searching_) return search(is_end);
  const bool blank_is_cipher = form_ == Form::Undecided || form_ == Form::Raw;
  if (!blank_is_cipher) {
    const std::string_view view = in().view();
    const auto begin = std::ranges::find_if_not(view, is_json_separator);
    in().consume(static_cast<std::size_t>(begin - view.begin()));
    if (in().empty()) return false;
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
    case Form::Raw: return take_raw(is_end);
    case Form::Lines: return take_line(is_end);
    case Form::SealedLines: return take_sealed_line(is_end);
    case Form::SealedRaw:
    case Form::Failed: return take_run(is_end);
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

bool McpStream::take_clear(bool is_end) {
  const std::string_view view = front();
  const bool is_over_limit = in().size() > view.size();
  const std::size_t length = is_end && !is_over_limit ? boundary_.length_at_end(view) : boundary_.scan(view);
  if (length == 0) {
    if (!is_over_limit) return false;
    start_message();
    emit_opaque(context_, direction_, view.size(), app_rules::kMessageLimit);
    is_searching_ = true;
    return true;
  }
  start_message();
  emit_clear(length);
  return true;
}

void McpStream::start_message() {
  boundary_.reset();
  is_clear_ = false;
  plain_.clear();
  if (plain_.capacity() > 16 * kFirstChunk) plain_.shrink_to_fit();
  scanned_ = 0;
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
  const std::string weakness = keys_.on_public_key(direction_, text_of_key);
  if (weakness.empty()) return;
  Finding& finding = context_.workspace.findings.add(rules::kWeakKey, fmt::format("the public key {}", weakness));
  finding.field = "/data/publicKey";
}

void McpStream::emit_clear(std::size_t length) {
  const std::string_view text = in().view().substr(0, length);
  look_for_handshake(text);
  Unit unit;
  unit.bytes = text;
  emit_unit(context_, direction_, length, unit);
}

void McpStream::emit_opened(std::size_t length, std::string_view plain, const JsonIndex* json) {
  Unit unit;
  unit.bytes = plain;
  unit.json = json;
  unit.decrypted = keys_.origin();
  unit.variant = variant_->name;
  emit_unit(context_, direction_, length, unit);
}

void McpStream::emit_sealed(std::size_t length, std::string_view cipher, bool boundaries_unknown, const Rule* rule) {
  if (rule != nullptr) context_.workspace.findings.add(*rule).bytes = length;
  Unit unit;
  unit.bytes = cipher;
  unit.is_encrypted = true;
  unit.boundaries_unknown = boundaries_unknown;
  emit_unit(context_, direction_, length, unit);
}

void McpStream::report_no_key() {
  if (has_reported_) return;
  has_reported_ = true;
  Finding finding{
      .rule = &rules::kNoKey,
      .spec = {},
      .text = fmt::format("the {}'s messages cannot be opened: {}", to_string(direction_), keys_.why_unknown()),
      .field = {},
      .bytes = {}};
  context_.sink.on_finding(direction_, finding);
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
  if (!keys_.is_known()) return decide_sealed(is_end);
  if (!trial_) trial_ = std::make_unique<VariantTrial>();
  const auto status = trial_->advance(in().view(), keys_, context_, is_end);
  if (status == VariantTrial::Status::NeedMore) {
    if (in().size() <= context_.limits.message_bytes) return false;
  }
  if (status == VariantTrial::Status::Found) {
    variant_ = trial_->variant();
    keystream_ = keys_.keystream(*variant_);
    in().consume(trial_->skipped());
    form_ = variant_->framing == Framing::Raw ? Form::Raw : Form::Lines;
  } else {
    form_ = Form::Failed;
    Finding finding{.rule = &rules::kUndecodable, .spec = {}, .text = {}, .field = {}, .bytes = {}};
    context_.sink.on_finding(direction_, finding);
  }
  trial_.reset();
  return true;
}

// Without a key the form still shows: base64 up to a line end is one message a line.
bool McpStream::decide_sealed(bool is_end) {
  const std::string_view view = in().view();
  std::size_t at = 0;
  while (at < view.size() && is_json_separator(view[at])) ++at;
  std::size_t end = std::max(at, scanned_);
  while (end < view.size() && is_base64_character(view[end])) ++end;
  scanned_ = end;
  if (end == view.size() && !is_end && view.size() <= context_.limits.message_bytes) return false;
  const bool is_line = end > at && (end == view.size() || view[end] == '\n' || view[end] == '\r');
  scanned_ = 0;
  report_no_key();
  form_ = is_line ? Form::SealedLines : Form::SealedRaw;
  return true;
}

bool McpStream::take_sealed_line(bool is_end) {
  const std::string_view view = front();
  const std::size_t end = view.find('\n', scanned_);
  if (end == std::string_view::npos && !is_end && view.size() == in().size()) {
    scanned_ = view.size();
    return false;
  }
  scanned_ = 0;
  const std::size_t length = std::min(end, view.size() - 1) + 1;
  std::vector<std::uint8_t> cipher;
  const std::string_view line = without_space_behind(view.substr(0, length));
  const bool is_base64 = decode_base64(line, cipher, Base64::Lenient);
  emit_sealed(length, is_base64 ? as_text(cipher) : line, false, nullptr);
  return true;
}

bool McpStream::take_run(bool is_end) {
  const std::size_t run = context_.limits.opaque_run_bytes;
  if (in().size() < run && !is_end) return false;
  const std::size_t length = std::min(run, in().size());
  emit_sealed(length, in().view().substr(0, length), true, nullptr);
  return true;
}

void McpStream::on_turn() {
  if (form_ == Form::SealedRaw || form_ == Form::Failed) run(true);
}

// Decrypts the message under way up to `size` of its bytes.
void McpStream::decrypt_to(std::size_t size) {
  const std::size_t had = plain_.size();
  if (size <= had) return;
  plain_.resize(size);
  const std::uint64_t offset = variant_->keystream == KeystreamUse::Continuous ? cipher_offset_ : 0;
  keystream_->xor_at(offset + had, as_bytes(in().view().substr(had, size - had)),
                     reinterpret_cast<std::uint8_t*>(plain_.data()) + had);
}

// The second message tells whether the keystream starts anew: nothing else reads as the beginning of an object.
bool McpStream::switch_to_continuous(std::string_view cipher) {
  if (is_use_certain_ || cipher_offset_ == 0 || variant_->keystream == KeystreamUse::Continuous) return false;
  const McpVariant* const other = find_mcp_variant(fmt::format("{}-continuous", variant_->name));
  if (other == nullptr) return false;
  char start[2] = {};
  const std::size_t size = std::min<std::size_t>(cipher.size(), 2);
  keystream_->xor_at(cipher_offset_, as_bytes(cipher.substr(0, size)), reinterpret_cast<std::uint8_t*>(start));
  if (start[0] != '{' || (size == 2 && start[1] != '"' && !is_json_separator(start[1]))) return false;
  variant_ = other;
  plain_.clear();
  boundary_.reset();
  return true;
}

// A line end that was encrypted together with the message before, so with the keystream where that one ended.
bool McpStream::is_line_end_behind(char cipher) {
  if (behind_ == 0) return false;
  std::uint8_t plain = 0;
  keystream_->xor_at(behind_, as_bytes(std::string_view(&cipher, 1)), &plain);
  if (!is_json_separator(static_cast<char>(plain))) return false;
  in().consume(1);
  ++behind_;
  ++cipher_offset_;
  start_message();
  return true;
}

bool McpStream::take_raw(bool is_end) {
  const std::string_view cipher = front();
  decrypt_to(std::min(cipher.size(), std::max(kFirstChunk, plain_.size())));
  if (plain_.front() != '{') {
    if (variant_->keystream == KeystreamUse::Continuous && is_json_separator(plain_.front())) {
      in().consume(1);
      cipher_offset_ += 1;
      plain_.erase(0, 1);
      return true;
    }
    if (is_line_end_behind(cipher.front())) return true;
    if (switch_to_continuous(cipher)) return true;
    if (is_json_separator(cipher.front())) {
      in().consume(1);
      start_message();
      return true;
    }
    start_message();
    is_searching_ = true;
    return true;
  }
  JsonIndex& json = context_.workspace.json;
  if (boundary_.is_fresh() && json.parse_prefix(plain_, context_.limits) == JsonIndex::Status::Valid) {
    is_use_certain_ |= cipher_offset_ > 0;
    const std::size_t length = json.length();
    emit_opened(length, std::string_view(plain_).substr(0, length), &json);
    cipher_offset_ += length;
    behind_ = length;
    start_message();
    return true;
  }
  std::size_t length = boundary_.scan(plain_);
  while (length == 0 && plain_.size() < cipher.size()) {
    decrypt_to(std::min(cipher.size(), 2 * plain_.size()));
    length = boundary_.scan(plain_);
  }
  if (length == 0) {
    const bool is_over_limit = in().size() > cipher.size();
    if (!is_end && !is_over_limit) return false;
    start_message();
    emit_sealed(cipher.size(), cipher, true, is_over_limit ? &app_rules::kMessageLimit : &app_rules::kPartial);
    is_searching_ = true;
    return true;
  }
  if (!is_utf8(std::string_view(plain_).substr(0, length))) {
    // Brackets that balance by chance: this was not said.
    start_message();
    pass_over(1);
    is_searching_ = true;
    return true;
  }
  emit_opened(length, std::string_view(plain_).substr(0, length), nullptr);
  cipher_offset_ += length;
  behind_ = length;
  start_message();
  return true;
}

// Looks for the next package behind a loss or behind bytes that are none.
bool McpStream::search(bool is_end) {
  if (form_ == Form::SealedRaw || form_ == Form::SealedLines || form_ == Form::Failed) {
    is_searching_ = false;
    return true;
  }
  if (variant_ != nullptr && variant_->keystream == KeystreamUse::Continuous) return give_up_keystream();
  if (!resync_) resync_ = std::make_unique<Resync>(context_, keys_, variant_);
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
      report_no_key();
      form_ = Form::SealedLines;
      break;
    }
    case Resync::Found::Sealed: {
      variant_ = resync_->variant();
      keystream_ = keys_.keystream(*variant_);
      form_ = variant_->framing == Framing::Raw ? Form::Raw : Form::Lines;
      is_use_certain_ |= cipher_offset_ > 0;
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
    if (form_ == Form::Clear && !keys_.is_known()) {
      emit_opaque(context_, direction_, part, app_rules::kPartial);
    } else {
      emit_sealed(part, in().view().substr(0, part), true, &app_rules::kPartial);
      cipher_offset_ += part;
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
  form_ = variant_->framing == Framing::Raw ? Form::Failed : Form::SealedLines;
  is_searching_ = false;
  return true;
}

bool McpStream::take_line(bool is_end) {
  const std::string_view view = front();
  const std::size_t end = view.find('\n', scanned_);
  if (end == std::string_view::npos && !is_end) {
    scanned_ = view.size();
    if (view.size() == in().size()) return false;
  }
  const std::size_t length = std::min(end, view.size() - 1) + 1;
  const std::string_view line = without_space_behind(view.substr(0, length));
  std::vector<std::uint8_t> cipher;
  std::string& plain = context_.workspace.bytes;
  JsonIndex& json = context_.workspace.json;
  bool is_opened = decode_base64(line, cipher, Base64::Lenient) && !cipher.empty();
  bool is_valid = false;
  if (is_opened) {
    plain.resize(cipher.size());
    for (int attempt = 0; attempt < 2; ++attempt) {
      const std::uint64_t offset = variant_->keystream == KeystreamUse::Continuous ? cipher_offset_ : 0;
      keystream_->xor_at(offset, cipher, reinterpret_cast<std::uint8_t*>(plain.data()));
      is_valid = json.parse(plain, context_.limits) == JsonIndex::Status::Valid;
      if (is_valid || !switch_to_continuous(as_text(cipher))) break;
    }
  }
  // A package that is wrong inside is shown as it is; bytes that are no text were not said.
  is_opened = is_opened && (is_valid || is_utf8(plain));
  scanned_ = 0;
  is_use_certain_ |= is_valid && cipher_offset_ > 0;
  if (is_opened) {
    const std::string_view text = without_space_behind(plain);
    emit_opened(length, text, is_valid && text.size() == plain.size() ? &json : nullptr);
  } else {
    const bool is_torn = is_end && end == std::string_view::npos;
    emit_sealed(length, line, false, is_torn ? &app_rules::kPartial : &rules::kUndecodable);
  }
  cipher_offset_ += cipher.size();
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
      emit_sealed(held, in().view().substr(0, held), true, &app_rules::kPartial);
    } else {
      emit_opaque(context_, direction_, held, app_rules::kPartial);
    }
  }
  start_message();
  trial_.reset();
  resync_.reset();
  behind_ = 0;
  is_searching_ = true;
}

void McpStream::on_end() {
  run(true);
  if (!in().empty()) emit_opaque(context_, direction_, in().size(), app_rules::kPartial);
}

}  // namespace overhear::mcp
