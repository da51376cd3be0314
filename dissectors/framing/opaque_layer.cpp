#include "dissectors/framing/opaque_layer.hpp"

#include <algorithm>

#include "dissectors/app_rules.hpp"
#include "dissectors/framing/prefix_search.hpp"
#include "dissectors/json/json_progress.hpp"

namespace overhear {
namespace {

// Where the message begins whose object stands at `at`: at its length, if that is in front of it.
std::size_t begin_of(std::string_view text, std::size_t at, const Limits& limits) {
  if (at < kLengthPrefixBytes || text[at] != '{') return at;
  JsonProgress object(limits);
  object.scan(text.substr(at));
  const bool has_length = read_length_prefix(text.substr(at - kLengthPrefixBytes)) == object.length();
  return has_length ? at - kLengthPrefixBytes : at;
}

}  // namespace

OpaqueLayer::OpaqueLayer(LayerContext& context, JsonSearch::IsMessage is_message) : context_(context) {
  for (Stream& each : streams_) {
    each.search.emplace(JsonSearch(context, 0, '\0', is_message), UpgradeSearch(context.limits));
  }
}

void OpaqueLayer::on_data(Direction direction) {
  end_run(other(direction));
  look(direction, false);
}

void OpaqueLayer::on_gap(Direction direction, std::uint64_t) {
  if (!look(direction, true)) end_run(direction);
}

void OpaqueLayer::on_end(Direction direction) {
  if (!look(direction, true)) end_run(direction);
}

// Hands on what is known to be no message. True: something was found.
bool OpaqueLayer::look(Direction direction, bool is_final) {
  Stream& at = stream(direction);
  const std::string_view view = context_.streams[direction].view();
  const std::size_t run = context_.limits.opaque_run_bytes;
  if (!at.search) {
    pass(direction, view.size() / run * run);
    return false;
  }
  auto& [message, upgrade] = *at.search;
  const std::size_t end = context_.limits.detection_bytes - std::min(at.passed, context_.limits.detection_bytes);
  // What comes first counts, also where it is not whole yet.
  const UpgradeSearch::Found request = upgrade.advance(view, is_final, end);
  const bool is_nothing = request == UpgradeSearch::Found::Nothing;
  const JsonSearch::Found found = message.advance(view, is_final, is_nothing ? end : upgrade.position());
  if (found == JsonSearch::Found::Message) {
    return find(direction, begin_of(view, message.position(), context_.limits));
  }
  if (found == JsonSearch::Found::Nothing && request == UpgradeSearch::Found::Request) {
    return find(direction, upgrade.position());
  }
  if (found == JsonSearch::Found::Nothing && is_nothing && at.search->position() >= end) {
    at.search.reset();
    return look(direction, is_final);
  }
  // What is found later takes the record in front of it, and a length there.
  const std::size_t position = at.search->position();
  pass(direction, (position - std::min(position, kLengthPrefixBytes + 1)) / run * run);
  return false;
}

// Something begins at `begin`.
bool OpaqueLayer::find(Direction direction, std::size_t begin) {
  found_ = direction;
  if (begin == 0) return true;
  const std::size_t run = context_.limits.opaque_run_bytes;
  const std::size_t whole = (begin - 1) / run * run;
  emit_data(context_, direction, whole);
  emit_opaque(context_, direction, begin - whole, app_rules::kSkipped);
  return true;
}

// The other side speaks: what has come is a record, but for a message that is under way.
void OpaqueLayer::end_run(Direction direction) {
  Stream& at = stream(direction);
  const std::string_view view = context_.streams[direction].view();
  if (view.empty()) return;
  if (!at.search || !at.search->message.is_telling()) {
    at.passed += view.size();
    emit_data(context_, direction, view.size());
    if (!at.search) return;
    at.search->message.restart();
    at.search->upgrade.restart();
    return;
  }
  const std::size_t position = at.search->position();
  const bool may_have_length = position >= kLengthPrefixBytes && view[position - kLengthPrefixBytes] == '\0';
  pass(direction, may_have_length ? position - kLengthPrefixBytes : position);
}

// Hands on what stands before all that may be found.
void OpaqueLayer::pass(Direction direction, std::size_t length) {
  if (length == 0) return;
  Stream& at = stream(direction);
  const char last = context_.streams[direction].view()[length - 1];
  emit_data(context_, direction, length);
  at.passed += length;
  if (!at.search) return;
  at.search->message.consumed(length, last);
  at.search->upgrade.consumed(length);
}

std::size_t OpaqueLayer::held(Direction direction) const {
  const auto& search = streams_[static_cast<std::size_t>(direction)].search;
  return search ? search->message.held() : 0;
}

}  // namespace overhear
