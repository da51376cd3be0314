#include "proxy/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "session/proxy_rules.hpp"

namespace overhear {
namespace {

constexpr std::size_t kQuoted = 200;  // bytes of a message in a finding

std::string_view quoted(std::string_view text) {
  return text.substr(0, kQuoted);
}

std::string_view name_of(Side side) {
  return side == Side::First ? "client" : "server";
}

}  // namespace

Gate::~Gate() {
  if (!session_) return;
  for (const Lane& lane : lanes_) {
    for (const Waiting& waiting : lane.waiting) all_.release(waiting.hold, ReleasedHow::Gone);
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
}

std::vector<Gate::Whole>& Gate::read(Side from, Bytes clear) {
  begin();
  whole_.clear();
  all_.analysis().feed(*session_, from, clear, {.time = host_.now()}, *this);
  return whole_;
}

std::vector<Gate::Whole>& Gate::read_end(Side from) {
  begin();
  whole_.clear();
  all_.analysis().end(*session_, from, {.time = host_.now()}, *this);
  return whole_;
}

void Gate::on_whole(const Message& message) {
  Whole& whole = whole_.emplace_back();
  whole.end = message.end;
  whole.size = message.size;
  whole.frame = message.frame;
  whole.is_encrypted = message.is_encrypted;
  whole.body = message.body;
  if (all_.is_wanted()) whole.wanted = all_.describe(message, host_.conversation().decisions);
}

void Gate::put(Side from, Parcel parcel, std::optional<HeldMessage> wanted) {
  Lane& here = lane(from);
  if (here.waiting.empty() && !wanted) return carry(from, parcel);
  here.held += parcel.held();
  const std::uint64_t hold = wanted ? all_.hold(*std::move(wanted)) : 0;
  here.waiting.push_back({std::move(parcel), hold});
}

void Gate::carry(Side from, const Parcel& parcel) {
  exit_.carry(from, parcel);
}

void Gate::let_through(Side from) {
  Lane& here = lane(from);
  while (!here.waiting.empty() && here.waiting.front().hold == 0) {
    const Parcel parcel = std::move(here.waiting.front().parcel);
    here.waiting.pop_front();
    here.held -= std::min(here.held, parcel.held());
    carry(from, parcel);
  }
}

std::string Gate::decide(const Decision& decision) {
  if (decision.kind == Decision::Kind::Send) {
    std::string problem = exit_.carry_new(decision.to, decision.text);
    if (problem.empty()) {
      host_.tell(proxy_rules::kSent, fmt::format("to the {}: {}", name_of(decision.to), quoted(decision.text)));
    }
    return problem;
  }
  for (const Side from : {Side::First, Side::Second}) {
    Lane& here = lane(from);
    const auto found = std::ranges::find(here.waiting, decision.hold, &Waiting::hold);
    if (found == here.waiting.end()) continue;
    Parcel& parcel = found->parcel;
    const std::string said = std::string(quoted(parcel.body.empty() ? parcel.raw : parcel.body));
    found->hold = 0;
    switch (decision.kind) {
      case Decision::Kind::Forward: break;
      case Decision::Kind::Edit:
        here.held += decision.text.size();
        parcel.text = decision.text;
        host_.tell(proxy_rules::kEdited, fmt::format("the {} had said: {}", name_of(from), said));
        break;
      case Decision::Kind::Drop:
        parcel.is_dropped = true;
        host_.tell(proxy_rules::kDropped, fmt::format("of the {}: {}", name_of(from), said));
        break;
      case Decision::Kind::Send: break;
    }
    let_through(from);
    return {};
  }
  return "it is not held any more";
}

}  // namespace overhear
