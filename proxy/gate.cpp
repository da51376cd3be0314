#include "proxy/gate.hpp"

#include <fmt/format.h>

#include <utility>

#include "proxy/sides.hpp"
#include "session/proxy_rules.hpp"

namespace overhear {
namespace {

constexpr std::size_t kTold = 200;  // bytes of a message in a finding

std::string_view beginning_of(std::string_view text) {
  return text.substr(0, kTold);
}

// Short messages are little beside what is known of them.
std::size_t kept_for(const Treatment& treatment, const std::optional<HeldMessage>& wanted) {
  std::size_t out = sizeof(Lane::Item);
  for (const auto& [to, text] : treatment.after) out += text.size();
  if (wanted) out += sizeof(HeldMessage) + wanted->type.size() + wanted->text.size() + wanted->record.size();
  return out;
}

}  // namespace

Gate::~Gate() {
  if (!session_) return;
  for (const Lane& lane : lanes_) {
    for (const Lane::Item& item : lane.waiting()) all_.release(item.hold, ReleasedHow::Gone);
  }
  all_.leave(number_);
  all_.analysis().close(*session_, CloseReason::EndOfCapture, {.time = host_.now()});
}

void Gate::begin() {
  if (session_) return;
  const RewriterHost::Conversation conversation = host_.conversation();
  number_ = conversation.session;
  session_ = all_.analysis().open(number_, conversation.ends, {.time = host_.now()});
  all_.enter(number_, *session_, conversation.decisions);
  if (RuleRun* const rules = run()) greetings_ = rules->take_greetings();
}

// The rules as they are now: where they were read anew, they begin anew.
RuleRun* Gate::run() {
  const RulesInForce& rules = all_.rules();
  if (rules.book.rules.empty()) {
    run_.reset();
    return nullptr;
  }
  if (!run_ || run_->generation() != rules.generation) {
    run_.emplace(rules, number_, host_.clock());
  }
  return &*run_;
}

// What is to be said first, as soon as it is known how.
void Gate::greet() {
  std::erase_if(greetings_, [this](const Insertion& one) { return say(one.to, one.text).empty(); });
}

std::vector<Gate::Whole> Gate::read(Side from, Bytes clear) {
  begin();
  all_.analysis().feed(*session_, from, clear, {.time = host_.now()}, *this);
  return std::exchange(whole_, {});
}

std::vector<Gate::Whole> Gate::read_end(Side from) {
  begin();
  lane(from).end();
  all_.analysis().end(*session_, from, {.time = host_.now()}, *this);
  return std::exchange(whole_, {});
}

void Gate::on_whole(const Message& message) {
  Whole& whole = whole_.emplace_back();
  whole.end = message.end;
  whole.size = message.size;
  whole.frame = message.frame;
  whole.is_encrypted = message.is_encrypted;
  whole.body = message.body;
  if (RuleRun* const rules = run()) whole.treatment = rules->judge(message, all_.analysis(), all_.limits());
  if (all_.is_wanted()) whole.wanted = all_.describe(message, host_.conversation().decisions);
}

void Gate::tell_missed(const Whole& whole) {
  if (whole.is_touched()) host_.tell(proxy_rules::kNotHeld, beginning_of(whole.body));
}

void Gate::put(Side from, Parcel parcel, Whole* whole) {
  if (has_closed_) return;
  Lane& here = lane(from);
  Lane::Item item{.parcel = std::move(parcel), .is_message = whole != nullptr, .kept = sizeof(Lane::Item)};
  if (whole != nullptr && whole->is_touched()) {
    Treatment& treatment = whole->treatment;
    for (const std::string& what : std::exchange(treatment.told, {})) host_.tell(proxy_rules::kRule, what);
    item.parcel.is_dropped = treatment.is_dropped;
    item.parcel.flips = std::move(treatment.flips);
    item.parcel.text = std::move(treatment.text);
    if (treatment.delay.count() > 0) item.due = host_.clock() + treatment.delay;
    item.kept = kept_for(treatment, whole->wanted);
    if (whole->wanted && !treatment.is_dropped) {
      if (item.parcel.text) whole->wanted->text = *item.parcel.text;
      item.hold = all_.hold(*std::move(whole->wanted));
    }
    item.treatment = std::move(treatment);
  }
  here.push(std::move(item));
  let_through(from);
  if (!greetings_.empty() && !has_closed_) greet();
}

void Gate::let_through(Side from) {
  for (const Lane::Item& item : lane(from).take_ready(host_.clock())) carry(from, item);
}

void Gate::carry(Side from, const Lane::Item& item) {
  if (has_closed_) return;
  const Treatment& treatment = item.treatment;
  exit_.carry(from, item.parcel);
  // Who does not read the first ones gets no more of them.
  for (unsigned i = 1; i < treatment.copies && host_.listens(other(from)); ++i) exit_.carry(from, item.parcel);
  for (const auto& [to, text] : treatment.after) (void)say(to, text);
  if (treatment.closing != MessageRule::Closing::None) {
    has_closed_ = true;
    host_.hang_up(treatment.closing == MessageRule::Closing::Reset);
  }
}

std::string Gate::say(Side to, std::string_view text) {
  if (has_closed_ || host_.is_over(to)) return "nothing more can be said to it: the other side has finished";
  return exit_.carry_new(to, text);
}

std::optional<Lane::Clock::time_point> Gate::next_due() const {
  if (has_closed_) return std::nullopt;
  std::optional<Lane::Clock::time_point> next = run_ ? run_->next_due() : std::nullopt;
  for (const Lane& lane : lanes_) {
    const auto due = lane.next_due();
    if (due && (!next || *due < *next)) next = due;
  }
  return next;
}

void Gate::on_time() {
  if (!session_) return;
  for (const Side from : {Side::First, Side::Second}) let_through(from);
  RuleRun* const rules = run();
  if (rules == nullptr || has_closed_) return;
  for (const Insertion* const one : rules->take_due(host_.clock())) {
    if (host_.listens(one->to)) (void)say(one->to, one->text);
  }
}

std::string Gate::decide(const Decision& decision) {
  if (decision.kind == Decision::Kind::Send) {
    std::string problem = say(decision.to, decision.text);
    if (problem.empty()) {
      host_.tell(proxy_rules::kSent, fmt::format("to the {}: {}", name_of(decision.to), beginning_of(decision.text)));
    }
    return problem;
  }
  if (has_closed_) return "the connection ends: nothing goes on any more";
  for (const Side from : {Side::First, Side::Second}) {
    Lane& here = lane(from);
    Lane::Item* const item = here.find(decision.hold);
    if (item == nullptr) continue;
    Parcel& parcel = item->parcel;
    const std::string said = std::string(beginning_of(parcel.body.empty() ? parcel.raw : parcel.body));
    item->hold = 0;
    switch (decision.kind) {
      case Decision::Kind::Forward:
      case Decision::Kind::Send: break;
      case Decision::Kind::Edit:
        here.set_text(*item, decision.text);
        host_.tell(proxy_rules::kEdited, fmt::format("the {} had said: {}", name_of(from), said));
        break;
      case Decision::Kind::Drop:
        parcel.is_dropped = true;
        host_.tell(proxy_rules::kDropped, fmt::format("of the {}: {}", name_of(from), said));
        break;
    }
    let_through(from);
    return {};
  }
  return "it is not held any more";
}

}  // namespace overhear
