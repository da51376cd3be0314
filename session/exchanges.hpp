// Which message answers which request within one session, and what is wrong about that: answers to nothing, second
// answers, requests that none answered. By the protocol's ids where it has them, else by order, by the table's answers
// and codes, and by what both sides speak of. Bounded, see Questions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "dissectors/conformance.hpp"
#include "dissectors/message.hpp"
#include "dissectors/protocol.hpp"
#include "session/questions.hpp"

namespace overhear {

class Exchanges {
 public:
  // Both outlive this.
  Exchanges(const Limits& limits, QuestionBudget& budget) : limits_(limits), questions_(limits, budget) {}

  // Fills in reply_to, latency_ns and reply_type where `message` answers an earlier request, and tells which. `message`
  // is complete but for those; findings go to the dissection's. `has_losses`: more was said than is known, so that no
  // answer can be called one to nothing. The views given out hold until the next call.
  Asked find_asked(Message& message, Dissection& dissection, const Protocol& protocol, bool has_losses);
  // Remembers what the same message asks, with a mark. Its findings go to the dissection's.
  void remember(const Message& message, Dissection& dissection, const Protocol& protocol, std::uint32_t mark,
                bool has_losses);
  // Something of this sender that could not be read as a message: it may have asked or answered anything.
  void on_unread(Direction sender);
  // This sender ends the session, the connection or what it carries. `is_refusal`: with a word of why, which answers
  // whatever waits.
  void on_leaving(Direction sender, Timestamp time, bool is_refusal);

  // All that was said is known, and nothing follows: what has not been answered never will be.
  using OnUnanswered = std::function<void(Finding& finding, const Question& question)>;
  void finish(const OnUnanswered& tell);

  // See base/prefetch.hpp.
  void fetch_ahead() const { questions_.fetch_ahead(); }

 private:
  struct Found {
    Question* question = nullptr;
    bool is_sure = false;
  };
  void check_id(const Part& request, const Message& message, Dissection& dissection, const Rule& rule);
  bool may_be_asked(const Part& answer) const;
  Found find_waiting(const Part& answer, const Message& message);
  Question* find_past(const Part& answer, const Message& message);
  void answer(const Part& answer, Message& message, Dissection& dissection, const Protocol& protocol, bool is_certain);
  void pair(Question& question, const Part& answer, Message& message);
  const Rule* rule_of(const Question& question) const;
  static void tell_rest(const Rule& rule, std::size_t count, const Question& last, const OnUnanswered& tell);

  const Limits& limits_;
  Questions questions_;
  Asked asked_;                // by what the message at hand answers
  std::string answered_type_;  // where it is not in the table
  std::optional<Timestamp> left_;
  std::optional<Direction> refusing_;
  std::uint32_t unread_[2] = {0, 0};  // by Direction
  bool is_whole_asked_ = false;       // it answers a message with parts, not one of them
  bool is_limit_told_ = false;
  unsigned reused_ids_ = 0;  // that were told
};

}  // namespace overhear
