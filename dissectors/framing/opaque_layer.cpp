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
  for (Stream& each : streams_) each.search.emplace(context, 0, '\0', is_message);
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

// Hands on what is known to be no message. True: one stands at the front.
bool OpaqueLayer::look(Direction direction, bool is_final) {
  Stream& at = stream(direction);
  const std::string_view view = context_.streams[direction].view();
  const std::size_t run = context_.limits.opaque_run_bytes;
  if (!at.search) {
    pass(direction, view.size() / run * run);
    return false;
  }
  const std::size_t end = context_.limits.detection_bytes - std::min(at.passed, context_.limits.detection_bytes);
  const JsonSearch::Found found = at.search->advance(view, is_final, end);
  const std::size_t position = at.search->position();
  if (found == JsonSearch::Found::Message) {
    found_ = direction;
    const std::size_t begin = begin_of(view, position, context_.limits);
    if (begin == 0) return true;
    const std::size_t whole = (begin - 1) / run * run;
    pass(direction, whole);
    emit_opaque(context_, direction, begin - whole, app_rules::kSkipped);
    return true;
  }
  if (found == JsonSearch::Found::Nothing && position >= end) {
    at.search.reset();
    return look(direction, is_final);
  }
  // What is found later takes the record in front of it, and a length there.
  pass(direction, (position - std::min(position, kLengthPrefixBytes + 1)) / run * run);
  return false;
}

// The other side speaks: what has come is a record, but for a message that is under way.
void OpaqueLayer::end_run(Direction direction) {
  Stream& at = stream(direction);
  const std::string_view view = context_.streams[direction].view();
  if (view.empty()) return;
  if (!at.search || !at.search->is_telling()) {
    pass(direction, view.size());
    if (at.search) at.search->restart();
    return;
  }
  const std::size_t position = at.search->position();
  const bool may_have_length = position >= kLengthPrefixBytes && view[position - kLengthPrefixBytes] == '\0';
  pass(direction, may_have_length ? position - kLengthPrefixBytes : position);
}

void OpaqueLayer::pass(Direction direction, std::size_t length) {
  if (length == 0) return;
  Stream& at = stream(direction);
  const char last = context_.streams[direction].view()[length - 1];
  emit_data(context_, direction, length);
  at.passed += length;
  if (at.search && at.search->position() >= length) at.search->consumed(length, last);
}

std::size_t OpaqueLayer::held(Direction direction) const {
  const auto& search = streams_[static_cast<std::size_t>(direction)].search;
  return search ? search->held() : 0;
}

}  // namespace overhear
