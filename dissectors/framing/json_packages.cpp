#include "dissectors/framing/json_packages.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "dissectors/app_rules.hpp"
#include "dissectors/json/json_rules.hpp"

namespace overhear {
namespace {

constexpr bool begins_value(char c) {
  return c == '{' || c == '[' || c == '"' || c == '-' || c == '+' || c == '.' || (c >= '0' && c <= '9') ||
         (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

JsonPackages::JsonPackages(LayerContext& context, Direction direction)
    : context_(context),
      direction_(direction),
      separators_(context, direction),
      object_(context.limits),
      skipped_as_(&app_rules::kPartial) {
  if (context.is_midstream) start_search(app_rules::kPartial);
}

void JsonPackages::run(bool is_final) {
  while (!in().empty() && step(is_final)) {
  }
}

// One message or one decision; false where more is needed.
bool JsonPackages::step(bool is_final) {
  switch (state_) {
    case State::Fresh: return take_fresh();
    case State::Object: return take_object();
    case State::Doubtful: return take_doubtful(is_final);
    case State::Package: return take_package();
    case State::Searching: return search(is_final);
  }
  return false;
}

void JsonPackages::skip_separators() {
  const std::string_view view = in().view();
  const auto begin = std::ranges::find_if_not(view, is_json_separator);
  separators_.consume(static_cast<std::size_t>(begin - view.begin()));
}

bool JsonPackages::take_fresh() {
  skip_separators();
  const std::string_view view = in().view();
  if (view.empty()) return false;
  if (view.front() == kZlibFirstByte) {
    if (view.size() < 2) return false;
    if (is_zlib_header(view)) {
      package_ = std::make_unique<ZlibPackage>();
      state_ = State::Package;
      return true;
    }
  }
  if (begins_value(view.front())) {
    start_value(0);
  } else if (!kByteOrderMark.starts_with(view.substr(0, kByteOrderMark.size()))) {
    start_search(app_rules::kSkipped);
  } else if (view.size() > kByteOrderMark.size()) {
    start_value(kByteOrderMark.size());
  } else {
    return false;
  }
  return true;
}

void JsonPackages::start_fresh() {
  state_ = State::Fresh;
  prefix_ = 0;
  search_.reset();
}

void JsonPackages::start_value(std::size_t prefix) {
  prefix_ = prefix;
  object_ = JsonProgress(context_.limits);
  if (in().view()[prefix] != '{') return doubt();
  state_ = State::Object;
  if (prefix != 0) return;
  // The usual case, a whole and valid message, needs one pass: parsing finds the end too.
  JsonIndex& json = context_.workspace.json;
  if (json.parse_prefix(front(), context_.limits) == JsonIndex::Status::Valid) emit(json.length(), &json);
}

bool JsonPackages::take_object() {
  switch (object_.scan(front().substr(prefix_))) {
    case JsonProgress::Status::Whole: emit(prefix_ + object_.length(), nullptr); return true;
    case JsonProgress::Status::Broken: doubt(); return true;
    case JsonProgress::Status::NeedMore: break;
  }
  if (!is_over_limit()) return false;
  give_up();
  return true;
}

void JsonPackages::doubt() {
  state_ = State::Doubtful;
  boundary_.reset();
  ending_ = 0;
  search_.emplace(context_, prefix_ + 1);
}

bool JsonPackages::take_doubtful(bool is_final) {
  const std::string_view text = front();
  const bool is_over = is_over_limit();
  if (ending_ == 0) {
    const std::string_view value = text.substr(prefix_);
    const std::size_t length = is_final && !is_over ? boundary_.length_at_end(value) : boundary_.scan(value);
    if (length > 0) ending_ = prefix_ + length;
  }
  const std::size_t end = ending_ == 0 ? text.size() : ending_;
  // Where the stream breaks off inside what may be the next message, nothing here was said for certain.
  const JsonSearch::Found found = search_->advance(text, is_over, end);
  if (found == JsonSearch::Found::Message) {
    emit_opaque(context_, direction_, search_->position(), json_rules::kInvalid,
                "not valid JSON, and without an end: the next message begins inside it");
    start_fresh();
  } else if (found == JsonSearch::Found::Nothing && ending_ > 0) {
    emit(ending_, nullptr);
  } else if (is_over) {
    give_up();
  } else {
    return false;
  }
  return true;
}

void JsonPackages::emit(std::size_t length, const JsonIndex* json) {
  const std::string_view text = in().view().substr(0, length);
  const char first = text[prefix_];
  start_fresh();
  // A word that is no literal was no JSON to begin with.
  const bool is_word = first != '{' && first != '[' && first != '"';
  if (is_word && context_.workspace.json.parse(text, context_.limits) != JsonIndex::Status::Valid) {
    return emit_opaque(context_, direction_, length, json_rules::kInvalid);
  }
  Unit unit;
  unit.bytes = text;
  unit.json = json;
  emit_unit(context_, direction_, length, unit);
}

bool JsonPackages::take_package() {
  const Inflater::Status status = package_->advance(front(), context_.limits.message_bytes);
  switch (status) {
    case Inflater::Status::End: emit_package(); break;
    case Inflater::Status::Limit:
      emit_opaque(context_, direction_, package_->consumed, app_rules::kMessageLimit,
                  "a compressed package that inflates to more than the limit was not opened");
      start_search(app_rules::kPartial);
      break;
    case Inflater::Status::Error: start_search(app_rules::kSkipped); break;
    case Inflater::Status::NeedInput:
      if (!is_over_limit()) return false;
      give_up();
      break;
  }
  package_.reset();
  return true;
}

void JsonPackages::emit_package() {
  Unit unit;
  unit.bytes = package_->text;
  start_fresh();
  emit_unit(context_, direction_, package_->consumed, unit);
}

// From here on up to the next message everything is passed over, as one piece however it arrives.
void JsonPackages::start_search(const Rule& skipped_as, char before) {
  state_ = State::Searching;
  prefix_ = 0;
  package_.reset();
  search_.emplace(context_, 0, before);
  skipped_as_ = &skipped_as;
}

// The value at the front is over the limit: as much as fits goes out as data, and the next message is looked for.
void JsonPackages::give_up() {
  const std::size_t length = front().size();
  const char last = in().view()[length - 1];
  emit_opaque(context_, direction_, length, app_rules::kMessageLimit);
  start_search(app_rules::kPartial, last);
}

bool JsonPackages::search(bool is_final) {
  const std::string_view view = in().view();
  const bool is_found = search_->advance(view, is_final) == JsonSearch::Found::Message;
  const std::size_t run = context_.limits.opaque_run_bytes;
  const std::size_t passed = is_found ? search_->position() : search_->position() / run * run;
  if (passed > 0) search_->consumed(passed, view[passed - 1]);
  if (is_found && std::ranges::all_of(view.substr(0, passed), is_json_separator)) {
    separators_.consume(passed);
  } else {
    pass_over(context_, direction_, passed, *skipped_as_);
  }
  if (is_found) start_fresh();
  return is_found;
}

void JsonPackages::on_gap(std::uint64_t) {
  run(true);
  if (!in().empty()) emit_opaque(context_, direction_, in().size(), app_rules::kPartial);
  start_search(app_rules::kPartial);
}

void JsonPackages::on_end() {
  run(true);
  if (!in().empty()) emit_torn();
}

// Behind what stands at the front nothing follows.
void JsonPackages::emit_torn() {
  if (state_ == State::Object && !context_.is_cut_short[static_cast<std::size_t>(direction_)]) {
    // The peer closed behind half a package: that is all it said.
    context_.workspace.findings.add(app_rules::kPartial, "the stream ends inside this message");
    return emit(in().size(), nullptr);
  }
  const bool is_broken = state_ == State::Doubtful && object_.status() == JsonProgress::Status::Broken;
  const Rule& rule = is_broken ? json_rules::kInvalid : app_rules::kPartial;
  emit_opaque(context_, direction_, in().size(), state_ == State::Searching ? *skipped_as_ : rule);
}

std::size_t JsonPackages::held() const {
  return (search_ ? search_->held() : 0) + (package_ ? package_->text.size() : 0);
}

}  // namespace overhear
