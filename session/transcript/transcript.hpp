// The chat in an analysis as people read it: one line for what was said once, in the order of time, with joins, leaves
// and the like between. What could not be read is told in one line for each passage of a session. Knows nothing of how
// a line looks.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "session/transcript/chat_meaning.hpp"
#include "session/transcript/copies.hpp"

namespace overhear {

// Valid during the call; names and texts may hold anything.
struct TranscriptLine {
  Timestamp time;
  const Protocol* protocol = nullptr;  // null: of none
  std::string_view room = {};
  std::string_view author = {};  // of what was said; empty for the rest
  std::string_view text = {};    // may be several lines
  bool is_quiet = false;         // nobody said it
  bool is_trouble = false;       // it was refused, or something is missing
};

class TranscriptSink {
 public:
  virtual ~TranscriptSink() = default;
  virtual void on_line(const TranscriptLine& line) = 0;
};

class Transcript final : public MessageSink {
 public:
  // `sink` outlives this.
  explicit Transcript(TranscriptSink& sink) : sink_(sink) {}

  void on_message(const Message& message) override;
  void on_finding(const LooseFinding& finding) override;
  void on_session_opened(const SessionRecord& session) override;
  void on_session_closed(const SessionRecord& session) override;
  void on_event(const Event&) override {}

  // Nothing follows: what is left of passages is told.
  void finish();

  // Lines of what was said.
  std::uint64_t said() const { return said_; }

 private:
  static constexpr std::size_t kMostAsked = 16'384;

  enum class Silence : std::uint8_t { Encrypted, Unreadable, Missing };
  // A run of what could not be read of one session.
  struct Passage {
    Silence why = Silence::Encrypted;
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    Timestamp last;
    std::string ends;  // "127.0.0.1:51234 → 127.0.0.1:3072"
  };

  void tell(const Remark& remark, const Message& message);
  void keep_silent(std::uint32_t session, Silence why, std::uint64_t bytes, Timestamp time);
  void end_silence(std::uint32_t session);
  void tell_passage(std::uint32_t session, Passage& passage);
  void remember(const Message& message);

  TranscriptSink& sink_;
  Copies copies_;
  std::unordered_map<std::uint64_t, PendingRequest> asked_;  // by message
  std::deque<std::uint64_t> asked_order_;
  std::unordered_map<std::uint32_t, Passage> passages_;  // of open sessions
  std::vector<Remark> remarks_;
  std::uint64_t said_ = 0;
};

}  // namespace overhear
