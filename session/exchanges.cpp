#include "session/exchanges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "dissectors/app_rules.hpp"
#include "dissectors/field_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kLongestKey = 256;
constexpr std::size_t kUnansweredFindings = 16;  // of one session, the rest is counted
constexpr unsigned kReusedIds = 16;              // told of one session: who counts wrong always does

enum class Fit : std::uint8_t { None, Possible, Exact };

bool is_listed(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// What the table says of a request's row; null: it has none.
Fit fit_by_row(const MessageType* asked, const Part& answer) {
  if (answer.code.empty()) {
    if (asked == nullptr) return answer.role == Role::Answer ? Fit::Possible : Fit::None;
    return is_listed(asked->answers, answer.type) ? Fit::Exact : Fit::None;
  }
  if (asked != nullptr && is_listed(asked->codes, answer.code)) return Fit::Exact;
  if (!answer.fits_any) return Fit::None;
  return asked == nullptr ? Fit::Exact : Fit::Possible;
}

// Without an id on both sides: by the table, and by what both speak of.
Fit fit_by_order(const Question& question, const Part& answer) {
  return question.is_about(answer) ? fit_by_row(question.type_spec, answer) : Fit::None;
}

// Who answers may write an id in another way than who asked.
bool is_same_key(std::string_view a, std::string_view b) {
  return a == b || means_the_same(a, b);
}

Fit fit(const Question& question, const Part& answer) {
  const bool has_ids = !answer.key.empty() && !question.key().empty();
  if (!has_ids) {
    const Fit by_order = fit_by_order(question, answer);
    return answer.key.empty() ? by_order : std::min(by_order, Fit::Possible);
  }
  if (!is_same_key(answer.key, question.key())) return Fit::None;
  // A push may bear the id that somebody else chose.
  const bool is_any = answer.role != Role::Push || !answer.code.empty() || answer.type_spec == nullptr ||
                      question.type_spec == nullptr || is_listed(question.type_spec->answers, answer.type);
  return is_any ? Fit::Exact : Fit::None;
}

Part whole(const Dissection& dissection) {
  return {.type_spec = dissection.type_spec,
          .type = dissection.type,
          .role = dissection.role,
          .reply = dissection.reply,
          .key = dissection.key,
          .about = dissection.about,
          .code = dissection.code,
          .fits_any = dissection.fits_any,
          .is_of_others = dissection.is_of_others,
          .has_parts = !dissection.parts.empty()};
}

// A key that long pairs nothing that anyone wrote; remembering it would let a peer choose how much is remembered.
bool takes_part(const Part& part) {
  return part.role != Role::None && !part.is_of_others && part.key.size() <= kLongestKey;
}

}  // namespace

Asked Exchanges::find_asked(Message& message, Dissection& dissection, const Protocol& protocol, bool has_losses) {
  asked_ = {};
  is_whole_asked_ = false;
  if (dissection.role == Role::None && dissection.parts.empty()) return asked_;
  const bool is_certain = !has_losses && !questions_.has_forgotten();
  const Part main = whole(dissection);
  if (takes_part(main) && (main.role != Role::Request || dissection.also_answers)) {
    answer(main, message, dissection, protocol, is_certain);
  }
  for (const Part& part : dissection.parts) {
    if (takes_part(part) && part.role != Role::Request) answer(part, message, dissection, protocol, is_certain);
  }
  if (is_whole_asked_ && message.outcome == Outcome::Failure) questions_.settle_all(*message.reply_to);
  return asked_;
}

void Exchanges::remember(const Message& message, Dissection& dissection, const Protocol& protocol, std::uint32_t mark,
                         bool has_losses) {
  const std::size_t limit = std::min<std::size_t>(protocol.waiting_requests, limits_.pending_requests);
  if (limit == 0) return;
  const Part main = whole(dissection);
  if (main.role == Role::Request && takes_part(main)) {
    const bool may_judge =
        protocol.reused_id != nullptr && !main.key.empty() && !has_losses && reused_ids_ < kReusedIds;
    if (may_judge) check_id(main, message, dissection, *protocol.reused_id);
    questions_.add(main, message, limit, mark);
  }
  for (const Part& part : dissection.parts) {
    if (part.role == Role::Request && takes_part(part)) questions_.add(part, message, limit, 0);
  }
  if (questions_.has_forgotten() && !is_limit_told_) {
    is_limit_told_ = true;
    dissection.findings.add(app_rules::kWaitingLimit);
  }
}

// Whether another of this sender's requests has the same id: one that waits, or one of the last few that do not.
void Exchanges::check_id(const Part& request, const Message& message, Dissection& dissection, const Rule& rule) {
  const auto is_same = [&](const Question& other) {
    return other.number != 0 && other.direction == message.direction && is_same_key(other.key(), request.key);
  };
  const Sketch sketch = Sketch::of(request);
  const Question* first = nullptr;
  for (std::size_t i = 0; first == nullptr && (i = questions_.find_from(i, sketch)) < questions_.size(); ++i) {
    const Question& question = questions_.at(i);
    if (question.is_waiting && is_same(question)) first = &question;
  }
  for (const Question& question : questions_.past()) {
    if (first == nullptr && is_same(question)) first = &question;
  }
  if (first == nullptr) return;
  ++reused_ids_;
  Finding& finding = dissection.findings.add(rule);
  fmt::format_to(std::back_inserter(finding.text), "{}.{} has the same id{}", message.session, first->number,
                 first->is_waiting ? ", and still waits for its answer" : "");
}

void Exchanges::answer(const Part& answer, Message& message, Dissection& dissection, const Protocol& protocol,
                       bool is_certain) {
  std::uint32_t& unread = unread_[static_cast<std::size_t>(other(message.direction))];
  const Found found = find_waiting(answer, message);
  if (found.question != nullptr && (found.is_sure || unread == 0)) {
    return pair(questions_.settle(*found.question), answer, message);
  }
  Question* const past = find_past(answer, message);
  if (past != nullptr) {
    const Times times = past->type_spec == nullptr ? Times::Once : past->type_spec->times;
    const bool is_repeated =
        times == Times::Once || (times == Times::OncePerType && past->answered_by == answer.type_spec);
    if (past->answered_by == nullptr || !is_repeated) {
      return pair(*past, answer, message);
    }
  }
  if (past == nullptr && unread > 0 && (answer.role == Role::Answer || !answer.code.empty())) {
    --unread;
    return;
  }
  if (answer.role != Role::Answer) return;
  if (!is_certain) {
    // What it answers may come late, in a capture of the wrong order: it is not unanswered then.
    on_unread(message.direction);
    return;
  }
  const Rule* const rule = past != nullptr ? protocol.answered_twice : protocol.orphan_answer;
  const bool lacks_id = protocol.has_ids && answer.key.empty() && (past == nullptr || !past->key().empty());
  if (rule == nullptr || lacks_id) return;
  Finding& finding = dissection.findings.add(*rule);
  if (rule->spec.empty() && answer.type_spec != nullptr) finding.spec = answer.type_spec->section;
  if (past != nullptr) {
    fmt::format_to(std::back_inserter(finding.text), "{}.{} was answered before, by {}.{}", message.session,
                   past->number, message.session, past->first_answer);
  }
  return;
}

// Where nothing that waits is of a row that has such an answer, no look at each is needed.
bool Exchanges::may_be_asked(const Part& answer) const {
  return !answer.key.empty() || std::ranges::any_of(questions_.kinds(), [&](const Kind& kind) {
    return kind.waiting > 0 && fit_by_row(kind.type_spec, answer) != Fit::None;
  });
}

Exchanges::Found Exchanges::find_waiting(const Part& answer, const Message& message) {
  if (questions_.size() == 0) return {};
  Question* possible = nullptr;
  const Sketch sketch = Sketch::of(answer);
  const std::size_t first = questions_.find_from(0, sketch);
  if (first == questions_.size() || !may_be_asked(answer)) return {};
  for (std::size_t i = first; i < questions_.size(); i = questions_.find_from(i + 1, sketch)) {
    Question& question = questions_.at(i);
    if (!question.is_waiting || question.direction == message.direction) continue;
    const Fit fits = fit(question, answer);
    if (fits == Fit::None) continue;
    // What is known by nothing but its words must not be taken for what somebody says later.
    const bool is_late = question.reply == Reply::Optional && message.time_first - question.time > limits_.reply_ns;
    if (is_late && (answer.key.empty() || question.key().empty())) continue;
    if (fits == Fit::Exact) return {&question, true};
    // Who complains of something has not taken it in silence.
    const bool is_better =
        possible == nullptr || (possible->reply == Reply::Optional && question.reply != Reply::Optional);
    if (is_better) possible = &question;
  }
  return {possible, false};
}

// The same words once more may be an answer to somebody else, and an error without an id one to anything.
Question* Exchanges::find_past(const Part& answer, const Message& message) {
  Question* latest = nullptr;
  for (Question& question : questions_.past()) {
    if (question.direction == message.direction || question.number == 0) continue;
    const bool has_ids = !answer.key.empty() && !question.key().empty();
    const bool may_repeat = question.type_spec != nullptr && question.type_spec->times != Times::Once;
    const bool is_recent = message.time_first - question.time <= limits_.reply_ns;
    if (!has_ids && answer.role == Role::Push && !(may_repeat && is_recent)) continue;
    if (!has_ids && answer.fits_any) continue;
    if (fit(question, answer) != Fit::Exact) continue;
    if (latest == nullptr || question.number > latest->number) latest = &question;
  }
  return latest;
}

void Exchanges::pair(Question& question, const Part& answer, Message& message) {
  if (question.answered_by == nullptr) {
    question.answered_by = answer.type_spec;
    question.first_answer = message.number;
  }
  if (message.reply_to) return;  // a batch answers what its first action answers
  message.reply_to = question.number;
  asked_ = {question.type_spec, question.mark};
  is_whole_asked_ = question.has_parts;
  message.latency_ns = std::max<std::int64_t>(0, message.time_first - question.time);
  message.reply_type = question.type();
  const bool is_in_table = question.type_spec != nullptr && question.type_spec->name == message.reply_type;
  if (is_in_table) {
    message.reply_type = question.type_spec->name;
  } else {
    answered_type_ = message.reply_type;
    message.reply_type = answered_type_;
  }
}

void Exchanges::on_unread(Direction sender) {
  ++unread_[static_cast<std::size_t>(sender)];
}

void Exchanges::on_leaving(Direction sender, Timestamp time, bool is_refusal) {
  if (!left_) left_ = time;
  if (is_refusal && !refusing_) refusing_ = sender;
}

// Null: there is nothing to say about it.
const Rule* Exchanges::rule_of(const Question& question) const {
  const Direction answerer = other(question.direction);
  if (question.reply == Reply::Optional || refusing_ == answerer) return nullptr;
  if (unread_[static_cast<std::size_t>(answerer)] > 0) return nullptr;
  const bool had_time = left_ && *left_ - question.time >= limits_.patience_ns;
  // A client may leave at any time.
  if (!had_time && answerer == Direction::Client) return nullptr;
  const bool is_broken = had_time && question.reply == Reply::Required;
  return is_broken ? &app_rules::kUnanswered : &app_rules::kUnansweredNote;
}

void Exchanges::finish(const OnUnanswered& tell) {
  std::size_t unanswered = 0;
  std::size_t broken = 0;  // promises, beyond those that are told
  const Question* last = nullptr;
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    const Question& question = questions_.at(i);
    const Rule* const rule = question.is_waiting ? rule_of(question) : nullptr;
    if (rule == nullptr) continue;
    if (++unanswered > kUnansweredFindings) {
      broken += rule == &app_rules::kUnanswered;
      continue;
    }
    last = &question;
    Finding finding{.rule = rule, .spec = {}, .text = {}, .field = {}, .bytes = {}};
    if (question.type_spec != nullptr) finding.spec = question.type_spec->section;
    finding.text = fmt::format("{} was never answered", question.type().empty() ? "this" : question.type());
    const bool had_time = left_ && *left_ - question.time >= limits_.patience_ns;
    if (!had_time) finding.text += ", nor was an answer waited for";
    tell(finding, question);
  }
  if (unanswered <= kUnansweredFindings) return;
  tell_rest(app_rules::kUnanswered, broken, *last, tell);
  tell_rest(app_rules::kUnansweredNote, unanswered - kUnansweredFindings - broken, *last, tell);
}

void Exchanges::tell_rest(const Rule& rule, std::size_t count, const Question& last, const OnUnanswered& tell) {
  if (count == 0) return;
  Finding rest{.rule = &rule, .spec = {}, .text = {}, .field = {}, .bytes = {}, .count = count};
  rest.text = fmt::format("{} more request{} behind this one {} never answered", count, count == 1 ? "" : "s",
                          count == 1 ? "was" : "were");
  tell(rest, last);
}

}  // namespace overhear
