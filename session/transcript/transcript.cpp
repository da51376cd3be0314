#include "session/transcript/transcript.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.hpp"

namespace overhear {
namespace {

constexpr std::size_t kNameBytes = 256;  // of what is remembered of a request

std::uint64_t name_of(std::uint32_t session, std::uint32_t number) {
  return std::uint64_t{session} << 32 | number;
}

// A name that is a SHA-1 in hex, as cchat has them, says as much with its beginning.
std::string shorten(const std::string& name) {
  constexpr std::size_t kDigest = 40;
  constexpr std::size_t kShown = 7;
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  const bool is_digest = name.size() == kDigest && std::ranges::all_of(name, is_digit);
  return is_digest ? name.substr(0, kShown) + "…" : name;
}

std::string who(const Remark& remark) {
  return remark.user.empty() ? "somebody" : shorten(remark.user);
}

std::string with_name(std::string_view what, const Remark& remark) {
  return remark.text.empty() ? std::string(what) : fmt::format("{}: {}", what, remark.text);
}

// What a quiet line says.
std::string describe(const Remark& remark) {
  switch (remark.kind) {
    case RemarkKind::Said: return remark.text;
    case RemarkKind::SignedUp: return fmt::format("{} signed up", who(remark));
    case RemarkKind::LoggedIn: return fmt::format("{} logged in", who(remark));
    case RemarkKind::Joined: return fmt::format("{} joined", who(remark));
    case RemarkKind::Left: return fmt::format("{} left", who(remark));
    case RemarkKind::Renamed: return fmt::format("{} is now called {}", who(remark), remark.text);
    case RemarkKind::RoomCreated: return with_name("room created", remark);
    case RemarkKind::RoomChanged: return with_name("room changed", remark);
    case RemarkKind::RoomDeleted: return "room deleted";
    case RemarkKind::Refused:
      return remark.user.empty() ? remark.text : fmt::format("{}: {}", who(remark), remark.text);
  }
  return {};
}

void cut(std::string& name) {
  name.resize(utf8_prefix(name, kNameBytes).size());
}

}  // namespace

void Transcript::tell(const Remark& remark, const Message& message) {
  if (!copies_.is_new(remark, message.protocol, message.session, message.direction, message.time)) return;
  const std::string room = shorten(remark.room);
  TranscriptLine line{.time = message.time, .protocol = message.protocol, .room = room};
  std::string text;
  std::string author;
  if (remark.kind == RemarkKind::Said) {
    ++said_;
    author = shorten(remark.user);
    if (author.empty()) author = message.direction == Direction::Client ? fmt::format(":{}", message.source.port) : "?";
    if (!remark.to.empty()) author += " → " + shorten(remark.to);
    line.author = author;
    line.text = remark.text;
  } else {
    text = describe(remark);
    line.text = text;
    line.is_quiet = true;
    line.is_trouble = remark.kind == RemarkKind::Refused;
  }
  sink_.on_line(line);
}

void Transcript::remember(const Message& message) {
  PendingRequest asked;
  if (!is_asking(message, asked)) return;
  for (std::string* const name : {&asked.room, &asked.user, &asked.name}) cut(*name);
  const std::uint64_t key = name_of(message.session, message.number);
  if (asked_.insert_or_assign(key, std::move(asked)).second) asked_order_.push_back(key);
  if (asked_order_.size() <= kMostAsked) return;
  asked_.erase(asked_order_.front());
  asked_order_.pop_front();
}

void Transcript::on_message(const Message& message) {
  if (is_unreadable_talk(message)) {
    const bool is_sealed = message.is_encrypted || message.json != nullptr;
    keep_silent(message.session, is_sealed ? Silence::Encrypted : Silence::Unreadable, message.size, message.time);
    return;
  }
  const PendingRequest* asked = nullptr;
  if (message.reply_to) {
    const auto found = asked_.find(name_of(message.session, *message.reply_to));
    if (found != asked_.end()) asked = &found->second;
  }
  remarks_.clear();
  append_remarks(message, asked, remarks_);
  if (!remarks_.empty()) end_silence(message.session);
  for (const Remark& remark : remarks_) tell(remark, message);
  remember(message);
}

void Transcript::on_finding(const LooseFinding& finding) {
  if (finding.finding->rule->code != "tcp.gap" || finding.session == 0 || !finding.time) return;
  keep_silent(finding.session, Silence::Missing, finding.finding->bytes.value_or(0), *finding.time);
}

void Transcript::on_session_opened(const SessionRecord& session) {
  passages_[session.session].ends = fmt::format("{} → {}", to_string(session.client), to_string(session.server));
}

void Transcript::on_session_closed(const SessionRecord& session) {
  end_silence(session.session);
  passages_.erase(session.session);
}

void Transcript::keep_silent(std::uint32_t session, Silence why, std::uint64_t bytes, Timestamp time) {
  Passage& passage = passages_[session];
  if (passage.count > 0 && passage.why != why) tell_passage(session, passage);
  passage.why = why;
  ++passage.count;
  passage.bytes += bytes;
  passage.last = time;
}

void Transcript::end_silence(std::uint32_t session) {
  const auto found = passages_.find(session);
  if (found != passages_.end() && found->second.count > 0) tell_passage(session, found->second);
}

void Transcript::tell_passage(std::uint32_t session, Passage& passage) {
  const std::string_view plural = passage.count == 1 ? "" : "s";
  const std::string place =
      passage.ends.empty() ? fmt::format("session {}", session) : fmt::format("session {}, {}", session, passage.ends);
  std::string text;
  switch (passage.why) {
    case Silence::Encrypted:
      text = fmt::format("{} encrypted message{} that no key opens, {} bytes ({})", passage.count, plural,
                         passage.bytes, place);
      break;
    case Silence::Unreadable:
      text = fmt::format("{} unreadable passage{}, {} bytes ({})", passage.count, plural, passage.bytes, place);
      break;
    case Silence::Missing:
      text = fmt::format("something may be missing here: {} gap{}, {} bytes were not captured ({})", passage.count,
                         plural, passage.bytes, place);
      break;
  }
  sink_.on_line({.time = passage.last, .text = text, .is_quiet = true, .is_trouble = true});
  passage.count = passage.bytes = 0;
}

void Transcript::finish() {
  std::vector<std::uint32_t> open;
  for (const auto& [session, passage] : passages_) {
    if (passage.count > 0) open.push_back(session);
  }
  std::ranges::sort(open);
  for (const std::uint32_t session : open) end_silence(session);
}

}  // namespace overhear
