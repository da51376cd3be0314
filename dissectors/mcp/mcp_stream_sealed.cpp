// What McpStream does with encrypted bytes: which key opens them, and what becomes of those that none does.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dissectors/framing/first_bytes.hpp"
#include "dissectors/mcp/mcp_rules.hpp"
#include "dissectors/mcp/mcp_stream.hpp"

namespace overhear::mcp {

// The first bytes that are not in clear stand at the front.
bool McpStream::decide(bool is_end) {
  if (std::ranges::all_of(in().view(), is_json_separator)) {
    // Line ends behind the last message are nothing that is encrypted.
    if (is_end) separators_.consume(in().size());
    if (in().size() <= kMostBlank) return false;
    emit_data(context_, direction_, kMostBlank);
    return true;
  }
  while (const McpSecret* const secret = is_cipher_possible_ ? untried_secret() : nullptr) {
    if (!trial_) trial_ = std::make_unique<VariantTrial>(*secret);
    switch (trial_->advance(in().view(), context_, is_end || in().size() > context_.limits.message_bytes)) {
      case Reading::NeedMore: return false;
      case Reading::None: {
        trial_.reset();
        ++tried_;
        break;
      }
      case Reading::Package: {
        separators_.consume(trial_->skipped());
        open(trial_->take_opening());
        trial_.reset();
        return true;
      }
    }
  }
  if (is_cipher_possible_ && waits_for_key(is_end)) return false;
  return decide_sealed(is_end);
}

const McpSecret* McpStream::untried_secret() {
  if (std::exchange(generation_, keys_.generation()) != keys_.generation()) {
    tried_ = 0;
    trial_.reset();
  }
  return keys_.candidate(tried_);
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
  if (is_cipher_possible_) report_sealed();
  form_ = Form::Sealed;
  return true;
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

// A key has come that may open what follows. Of ciphertext without lines nobody knows where the next message begins.
void McpStream::reopen() {
  form_ = Form::Undecided;
  resync_.reset();
  is_searching_ = sealed_.shape() == SealedStream::Shape::Runs;
}

void McpStream::open(Opening opening) {
  opener_.emplace(context_, direction_, separators_, std::move(opening), passed_);
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

// Bytes that nothing opens. A line of base64 is one record; in anything else a package in clear may stand, or the first
// line.
bool McpStream::take_sealed(bool is_end) {
  if (!opener_ && is_cipher_possible_ && untried_secret() != nullptr) {
    reopen();
    return true;
  }
  if (sealed_.shape() == SealedStream::Shape::Runs) return search_on(is_end);
  return sealed_.take_line(is_end, is_cipher_possible_);
}

void McpStream::on_turn() {
  if (form_ == Form::Sealed) hand_on();
}

void McpStream::hand_on() {
  const bool is_run = form_ == Form::Sealed && sealed_.shape() == SealedStream::Shape::Runs;
  if (in().empty() || is_clear_ || (!is_run && !is_searching_)) return;
  // A package that is under way goes on when its side speaks again.
  const bool is_package = resync_ && resync_->is_telling();
  const std::size_t length = is_package ? resync_->position() : in().size();
  pass_over(length);
  if (is_package) return resync_->consumed(length);
  resync_.reset();
}

}  // namespace overhear::mcp
