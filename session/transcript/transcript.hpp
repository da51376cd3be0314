// The chat in an analysis as people read it: one line for what was said once, in the order of time, with joins, leaves
// and the like between. What could not be read is told in one line for each passage of a session. Lives on what
// dissectors and session/chat/ tell of any protocol. Knows nothing of how a line looks.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "dissectors/message.hpp"
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
  // So many lines are known to be told; a server brings one of the last ones (Limits::lines).
  static constexpr std::size_t kMostTold = 16'384;

  // Both outlive this.
  Transcript(const Limits& limits, TranscriptSink& sink) : sink_(sink), copies_(limits) {}

  void on_message(const Message& message) override;
  void on_finding(const LooseFinding& finding) override;
  void on_session_opened(const SessionRecord& session) override;
  void on_session_closed(const SessionRecord& session) override;
  void on_event(const Event&) override { end_list(); }
  void on_room_event(const RoomEvent& event) override;

  // Nothing follows: what is left of passages and lists is told.
  void finish();

  // Lines of what was said.
  std::uint64_t said() const { return said_; }

 private:
  // Something said, in a message or an action of one; as it stands in JSON.
  struct Line {
    std::string_view room;
    std::string_view user;
    std::string_view to;
    std::string_view text;
    std::optional<MessageName> delivered_from;
  };
  // Who is in a room that was not known before, until all are named.
  struct List {
    Timestamp time;
    const Protocol* protocol = nullptr;
    std::string room;
    std::string names;
    std::size_t count = 0;  // 0: there is none
  };

  enum class Silence : std::uint8_t { Encrypted, Unreadable, Missing };
  // A run of what could not be read of one session.
  struct Passage {
    Silence why = Silence::Encrypted;
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    Timestamp last;
    std::string ends;  // "127.0.0.1:51234 → 127.0.0.1:3072"
  };

  void tell(const Line& line, const Message& message);
  bool is_told(const Line& line, const Message& message);
  void tell_refusal(const Message& message);
  void add_to_list(const RoomEvent& event);
  void end_list();
  void keep_silent(std::uint32_t session, Silence why, std::uint64_t bytes, Timestamp time);
  void end_silence(std::uint32_t session);
  void tell_passage(std::uint32_t session, Passage& passage);

  TranscriptSink& sink_;
  Copies copies_;
  std::unordered_set<std::uint64_t> told_;  // messages of authors
  std::deque<std::uint64_t> told_order_;
  List list_;
  std::unordered_map<std::uint32_t, Passage> passages_;  // of open sessions
  std::uint64_t said_ = 0;
};

}  // namespace overhear
