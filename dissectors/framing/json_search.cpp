#include "dissectors/framing/json_search.hpp"

#include <algorithm>

#include "dissectors/json/json_boundary.hpp"

namespace overhear {
namespace {

// What a search may spend on zlib streams that are none: a header may stand in every stored block of another, so that
// without a bound each would be opened up to the end.
constexpr std::uint64_t kFreeWaste = 1u << 20;
constexpr std::uint64_t kWasteFactor = 16;
constexpr std::uint64_t kInflaterCost = 256;

constexpr std::string_view kFirstBytes{"{\x78", 2};

// A value behind one of these is a part of another value.
constexpr bool continues_value(char c) {
  return c == ':' || c == ',' || c == '[';
}

}  // namespace

JsonSearch::Found JsonSearch::advance(std::string_view text, bool is_final, std::size_t end) {
  end = std::min(end, text.size());
  for (;;) {
    at_ = std::min(text.substr(0, end).find_first_of(kFirstBytes, at_), end);
    if (at_ == end) return Found::Nothing;
    const Judgement judgement = judge(text);
    if (judgement == Judgement::Message) return Found::Message;
    const bool may_grow = !is_final && text.size() - at_ <= context_.limits.message_bytes;
    if (judgement == Judgement::NeedMore && may_grow) return Found::NeedMore;
    skip();
  }
}

void JsonSearch::consumed(std::size_t bytes, char last) {
  at_ -= bytes;
  passed_ += bytes;
  before_ = last;
}

void JsonSearch::restart() {
  passed_ += at_;
  close_candidate();
  at_ = 0;
  before_ = '\0';
}

bool JsonSearch::is_telling() const {
  constexpr std::size_t kTelling = 8;  // {"type":
  return object_ && object_->status() == JsonProgress::Status::NeedMore && object_->length() >= kTelling;
}

bool JsonSearch::is_sought(std::string_view text) {
  JsonIndex& json = context_.workspace.json;
  if (json.parse(text, context_.limits) != JsonIndex::Status::Valid) return false;
  return is_message_ != nullptr ? is_message_(json) : context_.sink.is_message(json);
}

bool JsonSearch::is_inside_value(std::string_view text) const {
  std::size_t back = at_;
  while (back > 0 && is_json_separator(text[back - 1])) --back;
  return continues_value(back > 0 ? text[back - 1] : before_);
}

JsonSearch::Judgement JsonSearch::judge(std::string_view text) {
  const std::string_view candidate = text.substr(at_, context_.limits.message_bytes);
  if (candidate.front() == kZlibFirstByte) return judge_package(candidate);
  if (!object_) {
    if (is_inside_value(text)) return Judgement::Nothing;
    object_.emplace(context_.limits);
  }
  return judge_object(candidate);
}

JsonSearch::Judgement JsonSearch::judge_package(std::string_view text) {
  if (text.size() < 2) return Judgement::NeedMore;
  if (!package_) {
    if (!is_zlib_header(text) || wasted_ > kFreeWaste + kWasteFactor * (passed_ + at_)) return Judgement::Nothing;
    package_ = std::make_unique<ZlibPackage>();
  }
  const Inflater::Status status = package_->advance(text, context_.limits.message_bytes);
  if (status == Inflater::Status::NeedInput) return Judgement::NeedMore;
  return status == Inflater::Status::End && is_sought(package_->text) ? Judgement::Message : Judgement::Nothing;
}

JsonSearch::Judgement JsonSearch::judge_object(std::string_view text) {
  switch (object_->scan(text)) {
    case JsonProgress::Status::NeedMore: return Judgement::NeedMore;
    case JsonProgress::Status::Broken: return Judgement::Nothing;
    case JsonProgress::Status::Whole: break;
  }
  return is_sought(text.substr(0, object_->length())) ? Judgement::Message : Judgement::Nothing;
}

// The candidate is no message. How much of the text need not be looked at again: what was read as a whole holds no
// message, since what stands in it are its parts, nor does a package as far as it was opened up to the limit.
std::size_t JsonSearch::close_candidate() {
  std::size_t length = 0;
  if (object_ && object_->status() == JsonProgress::Status::Whole) length = object_->length();
  if (package_ && (package_->status == Inflater::Status::End || package_->status == Inflater::Status::Limit)) {
    length = package_->consumed;
  } else if (package_) {
    wasted_ += kInflaterCost + package_->consumed + package_->text.size();
  }
  object_.reset();
  package_.reset();
  return length;
}

}  // namespace overhear
