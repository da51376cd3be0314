// What a proxy holds back in all its connections until somebody decides: which messages, whose they are, and who is
// told of them. Lives on the thread that relays.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "base/stream_event.hpp"
#include "proxy/decision.hpp"
#include "proxy/rule_run.hpp"
#include "session/export/record_writer.hpp"
#include "session/inline_analysis.hpp"

namespace overhear {

struct HeldMessage {
  std::uint32_t session = 0;
  Side from = Side::First;
  const Protocol* protocol = nullptr;
  std::string type = {};
  std::string text = {};    // its body as it stands
  std::string record = {};  // as it is exported
  DecisionTaker* connection = nullptr;
};

enum class ReleasedHow : std::uint8_t { Forwarded, Edited, Dropped, Gone };
std::string_view to_string(ReleasedHow how);

// Who is told what is held.
class InterceptionListener {
 public:
  virtual ~InterceptionListener() = default;
  virtual void on_held(std::uint64_t hold, const HeldMessage& message) = 0;
  virtual void on_released(std::uint64_t hold, ReleasedHow how) = 0;
  virtual void on_filter(std::string_view filter) = 0;
};

class Interception {
 public:
  // `filter`: what is held; an empty or blank one holds nothing.
  Interception(const AnalysisOptions& options, std::string_view filter);

  // What is held from here on; or why that is no filter, for people.
  std::expected<void, std::string> set_filter(std::string_view text);
  const std::string& filter() const { return filter_; }
  // What is done to messages from here on, also of connections that are open.
  void set_rules(RuleBook book);
  // `listener` outlives this, or is taken away again.
  void set_listener(InterceptionListener* listener) { listener_ = listener; }

  // What is held, by its number, in the order in which it came.
  const std::map<std::uint64_t, HeldMessage>& held() const { return held_; }
  // Connections that are read, by the number of their session.
  struct Open {
    const Session* session = nullptr;
    DecisionTaker* connection = nullptr;
  };
  const std::map<std::uint32_t, Open>& open() const { return open_; }

  // Has it done. Empty: it is; else why it cannot be, for people. `session` is that of Send.
  std::string decide(const Decision& decision, std::uint32_t session = 0);

  // The gates' side.
  InlineAnalysis& analysis() { return analysis_; }
  const RulesInForce& rules() const { return rules_; }
  const Limits& limits() const { return limits_; }
  // Within MessageWatcher::on_whole(): whether that message is to be held.
  bool is_wanted() const { return !filter_.empty() && analysis_.matches(0); }
  HeldMessage describe(const Message& message, DecisionTaker& connection);
  std::uint64_t hold(HeldMessage message);
  void release(std::uint64_t hold, ReleasedHow how);
  void enter(std::uint32_t number, const Session& session, DecisionTaker& connection);
  void leave(std::uint32_t number) { open_.erase(number); }

 private:
  Limits limits_;
  InlineAnalysis analysis_;
  RulesInForce rules_;
  std::string filter_;
  InterceptionListener* listener_ = nullptr;
  std::map<std::uint64_t, HeldMessage> held_;
  std::map<std::uint32_t, Open> open_;
  std::uint64_t last_hold_ = 0;
  RecordWriter records_;
};

}  // namespace overhear
