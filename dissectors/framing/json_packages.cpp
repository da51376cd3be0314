#include "dissectors/framing/json_packages.hpp"

#include <algorithm>
#include <string>

#include "dissectors/app_rules.hpp"
#include "dissectors/json/json_rules.hpp"

namespace overhear {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr char kDeflate32K = 0x78;  // CM 8, CINFO 7

constexpr bool begins_value(char c) {
  return c == '{' || c == '[' || c == '"' || c == '-' || c == '+' || c == '.' || (c >= '0' && c <= '9') ||
         (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What a search may spend on zlib streams that are none: a header may stand in every stored block of another, so that
// without a bound each would be opened up to the end.
constexpr std::uint64_t kFreeWaste = 1u << 20;
constexpr std::uint64_t kWasteFactor = 16;
constexpr std::uint64_t kInflaterCost = 256;

// A value behind one of these is a part of another value.
constexpr bool continues_value(char c) {
  return c == ':' || c == ',' || c == '[';
}

}  // namespace

bool is_zlib_header(std::string_view text) {
  if (text.size() < 2 || text[0] != kDeflate32K) return false;
  const auto flags = static_cast<unsigned char>(text[1]);
  return (kDeflate32K * 256 + flags) % 31 == 0 && (flags & 0x20) == 0;
}

JsonPackages::JsonPackages(LayerContext& context, Direction direction)
    : context_(context),
      direction_(direction),
      is_searching_(context.is_midstream),
      progress_(context.limits),
      skipped_as_(&app_rules::kPartial) {}

void JsonPackages::on_data() {
  run();
}

void JsonPackages::run() {
  for (;;) {
    if (is_searching_) {
      if (!search(false)) return;
      continue;
    }
    if (!has_started_) {
      const std::string_view view = in().view();
      const auto begin = std::ranges::find_if_not(view, is_json_separator);
      in().consume(static_cast<std::size_t>(begin - view.begin()));
    }
    if (in().empty() || !take_value()) return;
  }
}

bool JsonPackages::take_value() {
  const std::string_view view = in().view();
  if (view.front() == kDeflate32K && !has_started_) {
    if (view.size() < 2) return false;
    if (is_zlib_header(view)) return take_zlib();
  }
  if (begins_value(view.front())) return take_text(0);
  if (kByteOrderMark.starts_with(view.substr(0, kByteOrderMark.size()))) {
    return view.size() > kByteOrderMark.size() ? take_text(kByteOrderMark.size()) : false;
  }
  start_search(app_rules::kSkipped);
  return true;
}

bool JsonPackages::take_text(std::size_t prefix) {
  // However much has come at once, a message is looked for within the limit only.
  const std::string_view text = in().view().substr(prefix, context_.limits.message_bytes);
  if (!has_started_ && prefix == 0 && text.front() == '{') {
    // The usual case, a whole and valid message, needs one pass: parsing finds the end too.
    JsonIndex& json = context_.workspace.json;
    if (json.parse_prefix(text, context_.limits) == JsonIndex::Status::Valid) {
      emit(json.length(), &json);
      return true;
    }
  }
  has_started_ = true;
  const std::size_t length = boundary_.scan(text);
  if (length == 0) {
    if (in().size() <= prefix + context_.limits.message_bytes) return false;
    give_up(prefix + text.size());
    return true;
  }
  emit(prefix + length, nullptr);
  return true;
}

void JsonPackages::emit(std::size_t length, const JsonIndex* json) {
  const std::string_view text = in().view().substr(0, length);
  const bool is_container =
      text.front() != '"' && (text.front() == '{' || text.front() == '[' || text.front() == '\xEF');
  has_started_ = false;
  boundary_.reset();
  if (json == nullptr && !is_container &&
      context_.workspace.json.parse(text, context_.limits) != JsonIndex::Status::Valid) {
    emit_opaque(context_, direction_, length, json_rules::kInvalid);
    return;
  }
  Unit unit;
  unit.bytes = text;
  unit.json = json;
  emit_unit(context_, direction_, length, unit);
}

// Goes on with the zlib stream that `text` begins with.
Inflater::Status JsonPackages::inflate(std::string_view text) {
  if (!package_) package_ = std::make_unique<Package>();
  Package& package = *package_;
  const auto [status, consumed] =
      package.inflater.inflate(text.substr(package.consumed), package.text, context_.limits.message_bytes);
  package.consumed += consumed;
  return status;
}

bool JsonPackages::take_zlib() {
  const std::string_view text = in().view().substr(0, context_.limits.message_bytes);
  const Inflater::Status status = inflate(text);
  if (status == Inflater::Status::NeedInput) {
    if (in().size() <= context_.limits.message_bytes) return false;
    give_up(text.size());
    return true;
  }
  const std::unique_ptr<Package> package = std::move(package_);
  switch (status) {
    case Inflater::Status::End: emit_inflated(package->consumed, package->text); break;
    case Inflater::Status::Limit:
      emit_opaque(context_, direction_, package->consumed, app_rules::kMessageLimit,
                  "a compressed package that inflates to more than the limit was not opened");
      start_search(app_rules::kPartial);
      break;
    case Inflater::Status::Error: start_search(app_rules::kSkipped); break;
    case Inflater::Status::NeedInput: break;
  }
  return true;
}

void JsonPackages::emit_inflated(std::size_t length, std::string_view text) {
  Unit unit;
  unit.bytes = text;
  emit_unit(context_, direction_, length, unit);
}

// From here on up to the next message everything is passed over, as one piece however it arrives.
void JsonPackages::start_search(const Rule& skipped_as) {
  has_started_ = false;
  boundary_.reset();
  package_.reset();
  is_candidate_open_ = false;
  is_searching_ = true;
  searched_ = 0;
  passed_ = 0;
  wasted_ = 0;
  before_ = '\0';
  skipped_as_ = &skipped_as;
}

// The value at the front is over the limit: `length` bytes of it go out as data, and the next message is looked for.
void JsonPackages::give_up(std::size_t length) {
  const char last = in().view()[length - 1];
  emit_opaque(context_, direction_, length, app_rules::kMessageLimit);
  start_search(app_rules::kPartial);
  before_ = last;
}

// What still stands at the front when nothing follows it: messages behind a candidate that never became whole.
void JsonPackages::search_to_the_end() {
  while (is_searching_ && !in().empty() && search(true)) run();
}

void JsonPackages::on_gap(std::uint64_t) {
  search_to_the_end();
  if (!in().empty()) emit_opaque(context_, direction_, in().size(), app_rules::kPartial);
  start_search(app_rules::kPartial);
}

void JsonPackages::on_end() {
  search_to_the_end();
  if (in().empty()) return;
  if (!is_searching_ && has_started_) {
    const std::string_view view = in().view();
    const std::size_t prefix = view.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    if (const std::size_t length = boundary_.length_at_end(view.substr(prefix))) return emit(prefix + length, nullptr);
    // The peer closed behind half a package: that is all it said.
    if (!context_.is_cut_short) {
      context_.workspace.findings.add(app_rules::kPartial, "the stream ends inside this message");
      return emit(in().size(), nullptr);
    }
  }
  emit_opaque(context_, direction_, in().size(), app_rules::kPartial);
}

// Hands on the first `length` bytes, which were searched without success, in records that do not depend on how they
// came.
void JsonPackages::pass_over(std::size_t length) {
  const std::size_t run = context_.limits.opaque_run_bytes;
  while (length > 0) {
    const std::size_t part = std::min(length, run);
    before_ = in().view()[part - 1];
    emit_opaque(context_, direction_, part, *skipped_as_);
    passed_ += part;
    length -= part;
  }
}

void JsonPackages::waste_package() {
  if (package_) wasted_ += kInflaterCost + package_->consumed + package_->text.size();
  package_.reset();
}

// Looks for the next message. True: it stands at the front of the stream now. False: more is needed, or with `is_final`
// (nothing follows) there is none.
bool JsonPackages::search(bool is_final) {
  for (;;) {
    const std::string_view view = in().view();
    const std::size_t at = std::min(view.find_first_of("{x", searched_), view.size());
    if (at == view.size()) {
      const std::size_t run = context_.limits.opaque_run_bytes;
      const std::size_t passed = at / run * run;
      pass_over(passed);
      searched_ = at - passed;
      return false;
    }
    std::size_t length = 0;
    Found found = try_candidate(at, length);
    if (found == Found::NeedMore) {
      searched_ = at;
      if (!is_final && view.size() - at <= context_.limits.message_bytes) return false;
      found = Found::Nothing;  // never whole, or over the limit
      waste_package();
    }
    is_candidate_open_ = false;
    if (found == Found::Nothing) {
      searched_ = at + std::max<std::size_t>(length, 1);
      continue;
    }
    is_searching_ = false;
    searched_ = 0;
    const bool is_skipping = at > 0 && !std::ranges::all_of(view.substr(0, at), is_json_separator);
    is_skipping ? pass_over(at) : in().consume(at);
    return true;
  }
}

JsonPackages::Found JsonPackages::try_candidate(std::size_t at, std::size_t& length) {
  const std::string_view view = in().view();
  const std::string_view text = view.substr(at, context_.limits.message_bytes);
  JsonIndex& json = context_.workspace.json;
  if (text.front() == kDeflate32K) {
    if (text.size() < 2) return Found::NeedMore;
    if (!is_zlib_header(text) || wasted_ > kFreeWaste + kWasteFactor * (passed_ + at)) return Found::Nothing;
    const Inflater::Status status = inflate(text);
    if (status == Inflater::Status::NeedInput) return Found::NeedMore;
    const bool is_message = status == Inflater::Status::End &&
                            json.parse(package_->text, context_.limits) == JsonIndex::Status::Valid &&
                            context_.sink.is_message(json);
    is_message ? package_.reset() : waste_package();
    return is_message ? Found::Message : Found::Nothing;
  }
  const bool is_known = is_candidate_open_ && at == searched_;
  if (!is_known) {
    std::size_t back = at;
    while (back > 0 && is_json_separator(view[back - 1])) --back;
    if (continues_value(back > 0 ? view[back - 1] : before_)) return Found::Nothing;
    progress_ = JsonProgress(context_.limits);
    is_candidate_open_ = true;
  }
  switch (progress_.scan(text)) {
    case JsonProgress::Status::NeedMore: return Found::NeedMore;
    case JsonProgress::Status::Broken: return Found::Nothing;
    case JsonProgress::Status::Whole: break;
  }
  length = progress_.length();
  const bool is_message =
      json.parse(text.substr(0, length), context_.limits) == JsonIndex::Status::Valid && context_.sink.is_message(json);
  return is_message ? Found::Message : Found::Nothing;
}

}  // namespace overhear
