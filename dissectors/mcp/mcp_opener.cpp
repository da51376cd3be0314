#include "dissectors/mcp/mcp_opener.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/utf8.hpp"
#include "decrypt/base64.hpp"
#include "dissectors/app_rules.hpp"
#include "dissectors/mcp/mcp_rules.hpp"
#include "dissectors/mcp/mcp_sealed.hpp"
#include "dissectors/mcp/mcp_text.hpp"

namespace overhear::mcp {
namespace {

constexpr std::size_t kFirstChunk = 512;  // decrypted at a time, doubled until a message is whole

}  // namespace

void McpOpener::start_message() {
  boundary_.reset();
  plain_.clear();
  if (plain_.capacity() > 16 * kFirstChunk) plain_.shrink_to_fit();
  scanned_ = 0;
  text_ = 0;
}

void McpOpener::on_gap() {
  start_message();
  behind_ = 0;
}

void McpOpener::emit_opened(std::size_t length, std::string_view plain, const JsonIndex* json) {
  Unit unit;
  unit.bytes = plain;
  unit.json = json;
  unit.decrypted = opening_.origin;
  unit.variant = variant().name;
  emit_unit(context_, direction_, length, unit);
}

// Decrypts the message under way up to `size` of its bytes.
void McpOpener::decrypt_to(std::size_t size) {
  const std::size_t had = plain_.size();
  if (size <= had) return;
  plain_.resize(size);
  keystream().xor_at(start_of_keystream() + had, as_bytes(in().view().substr(had, size - had)),
                     reinterpret_cast<std::uint8_t*>(plain_.data()) + had);
}

char McpOpener::opened_at(std::uint64_t offset, char cipher) {
  char plain = 0;
  keystream().xor_at(offset, as_bytes(std::string_view(&cipher, 1)), reinterpret_cast<std::uint8_t*>(&plain));
  return plain;
}

Reading McpOpener::read_front(bool is_end) {
  const std::string_view cipher = in().view();
  const bool may_go_on = !is_continuous() && !is_use_certain_ && offset_ > 0;  // see switch_to_continuous()
  for (std::size_t skipped = 0; skipped < std::min(cipher.size(), kMostSkips); ++skipped) {
    const std::string_view rest = cipher.substr(skipped);
    const std::uint64_t start = is_continuous() ? offset_ + skipped : 0;
    Reading reading = read_cipher(rest, keystream(), start, is_end, context_);
    if (reading == Reading::None && may_go_on) {
      reading = read_cipher(rest, keystream(), offset_ + skipped, is_end, context_);
    }
    if (reading != Reading::None) return reading;
    const bool is_space = is_json_separator(rest.front()) ||
                          (is_continuous() && is_json_separator(opened_at(start, rest.front()))) ||
                          (behind_ > 0 && is_json_separator(opened_at(behind_ + skipped, rest.front())));
    if (!is_space) break;
  }
  return Reading::None;
}

// The second message tells whether the keystream starts anew: nothing else reads as the beginning of an object.
bool McpOpener::switch_to_continuous(std::string_view cipher) {
  if (is_use_certain_ || offset_ == 0 || is_continuous()) return false;
  const McpVariant* const other = find_mcp_variant(fmt::format("{}-continuous", variant().name));
  if (other == nullptr) return false;
  char start[2] = {};
  const std::size_t size = std::min<std::size_t>(cipher.size(), 2);
  keystream().xor_at(offset_, as_bytes(cipher.substr(0, size)), reinterpret_cast<std::uint8_t*>(start));
  if (start[0] != '{' || (size == 2 && start[1] != '"' && !is_json_separator(start[1]))) return false;
  opening_.variant = other;
  plain_.clear();
  text_ = 0;
  boundary_.reset();
  return true;
}

// A line end that was encrypted together with the message before, so with the keystream where that one ended.
bool McpOpener::is_line_end_behind(char cipher) {
  if (behind_ == 0) return false;
  const char separator = opened_at(behind_, cipher);
  if (!is_json_separator(separator)) return false;
  separators_.tell({&separator, 1});
  in().consume(1);
  ++behind_;
  ++offset_;
  start_message();
  return true;
}

// What stands at the front begins no object: it belongs to the message before, or the keystream goes on.
McpOpener::Step McpOpener::take_behind(std::string_view cipher) {
  if (is_continuous() && is_json_separator(plain_.front())) {
    separators_.tell({plain_.data(), 1});
    in().consume(1);
    offset_ += 1;
    plain_.erase(0, 1);
    return Step::Taken;
  }
  if (is_line_end_behind(cipher.front())) return Step::Taken;
  if (switch_to_continuous(cipher)) return Step::Taken;
  start_message();
  if (!is_json_separator(cipher.front())) return Step::Lost;
  separators_.consume(1);
  return Step::Taken;
}

void McpOpener::finish_message(std::size_t length, const JsonIndex* json) {
  emit_opened(length, std::string_view(plain_).substr(0, length), json);
  offset_ += length;
  behind_ = length;
  start_message();
}

McpOpener::Step McpOpener::take_raw(bool is_end) {
  const std::string_view cipher = front();
  decrypt_to(std::min(cipher.size(), std::max(kFirstChunk, plain_.size())));
  if (plain_.front() != '{') return take_behind(cipher);
  JsonIndex& json = context_.workspace.json;
  if (boundary_.is_fresh() && json.parse_prefix(plain_, context_.limits) == JsonIndex::Status::Valid) {
    is_use_certain_ |= offset_ > 0;
    finish_message(json.length(), &json);
    return Step::Taken;
  }
  std::size_t length = boundary_.scan(plain_);
  while (length == 0 && plain_.size() < cipher.size() && is_text(plain_.size())) {
    decrypt_to(std::min(cipher.size(), 2 * plain_.size()));
    length = boundary_.scan(plain_);
  }
  // Decrypted at the wrong place the next message is no text: this one has no end, or brackets that balance by chance.
  if (!is_text(length == 0 ? plain_.size() : length)) {
    // One in 256 continuous keystreams begins by chance with what stands at the second message.
    if (switch_to_continuous(cipher)) return Step::Taken;
    start_message();
    return Step::Lost;
  }
  if (length == 0) return cut_torn(cipher, is_end);
  finish_message(length, nullptr);
  return Step::Taken;
}

// Whether the first `size` decrypted bytes are UTF-8; a character at the end of all may lack its rest.
bool McpOpener::is_text(std::size_t size) {
  const char* const end = plain_.data() + size;
  const char* at = plain_.data() + text_;
  while (at < end) {
    const unsigned length = utf8_length(at, end);
    if (length == 0) break;
    at += length;
  }
  text_ = static_cast<std::size_t>(at - plain_.data());
  return at >= end || utf8_is_cut(at, end);
}

// A message without an end: more may come, unless it is over the limit or the stream is at its end.
McpOpener::Step McpOpener::cut_torn(std::string_view cipher, bool is_end) {
  const bool is_over_limit = in().size() > cipher.size();
  if (!is_end && !is_over_limit) return Step::NeedMore;
  start_message();
  emit_sealed(context_, direction_, cipher.size(), cipher, true,
              is_over_limit ? &app_rules::kMessageLimit : &app_rules::kPartial);
  return Step::Lost;
}

McpOpener::Step McpOpener::take_line(bool is_end) {
  const std::string_view view = front();
  const std::size_t end = view.find('\n', scanned_);
  if (end == std::string_view::npos && !is_end) {
    scanned_ = view.size();
    if (view.size() == in().size()) return Step::NeedMore;
  }
  const std::size_t length = std::min(end, view.size() - 1) + 1;
  const std::string_view line = without_space_behind(view.substr(0, length));
  separators_.tell(view.substr(line.size(), length - line.size()));
  std::vector<std::uint8_t> cipher;
  std::string& plain = context_.workspace.bytes;
  JsonIndex& json = context_.workspace.json;
  bool is_opened = decode_base64(line, cipher, Base64::Lenient) && !cipher.empty();
  bool is_valid = false;
  if (is_opened) {
    plain.resize(cipher.size());
    for (int attempt = 0; attempt < 2; ++attempt) {
      keystream().xor_at(start_of_keystream(), cipher, reinterpret_cast<std::uint8_t*>(plain.data()));
      is_valid = json.parse(plain, context_.limits) == JsonIndex::Status::Valid;
      if (is_valid || !switch_to_continuous(as_text(cipher))) break;
    }
  }
  // A package that is wrong inside is shown as it is; bytes that are no text were not said.
  is_opened = is_opened && (is_valid || is_utf8(plain));
  scanned_ = 0;
  is_use_certain_ |= is_valid && offset_ > 0;
  if (is_opened) {
    const std::string_view text = without_space_behind(plain);
    separators_.tell(std::string_view(plain).substr(text.size()));
    emit_opened(length, text, is_valid && text.size() == plain.size() ? &json : nullptr);
  } else {
    const bool is_torn = is_end && end == std::string_view::npos;
    emit_sealed(context_, direction_, length, line, false, is_torn ? &app_rules::kPartial : &rules::kUndecodable);
  }
  offset_ += cipher.size();
  return Step::Taken;
}

}  // namespace overhear::mcp
