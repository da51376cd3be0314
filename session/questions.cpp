#include "session/questions.hpp"

#include <algorithm>
#include <utility>

#include "base/text_hash.hpp"
#include "dissectors/field_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kLongestAbout = 512;
constexpr std::size_t kLongestType = 128;

}  // namespace

Sketch Sketch::of(const Part& part) {
  const auto mark = [](std::string_view text) -> std::uint64_t {
    // With escapes, the same may be written in several ways.
    const bool says_nothing = text.empty() || text.find('\\') != std::string_view::npos;
    return says_nothing ? 0 : text_hash(text) | 1;
  };
  const auto what = static_cast<std::uint16_t>(mark(part.about.what));
  const auto which = static_cast<std::uint16_t>(mark(part.about.which));
  return {.key = static_cast<std::uint32_t>(mark(part.key)), .about = what | std::uint32_t{which} << 16};
}

void Question::set(const Part& part, const Message& message, std::uint32_t given_mark) {
  type_spec = part.type_spec;
  answered_by = nullptr;
  time = message.time;
  number = message.number;
  mark = given_mark;
  direction = message.direction;
  reply = part.reply;
  is_waiting = true;
  has_parts = part.has_parts;
  key_size_ = static_cast<std::uint16_t>(part.key.size());
  text_.assign(part.key);
  about_sizes_ = {static_cast<std::uint32_t>(part.about.what.size()),
                  static_cast<std::uint32_t>(part.about.which.size())};
  text_ += part.about.what.substr(0, kLongestAbout);
  text_ += part.about.which.substr(0, kLongestAbout);
  const bool is_in_table = type_spec != nullptr && type_spec->name == part.type;
  if (!is_in_table) text_ += part.type.substr(0, kLongestType);
}

std::string_view Question::about(std::size_t i) const {
  std::size_t begin = key_size_;
  for (std::size_t before = 0; before < i; ++before)
    begin += std::min<std::size_t>(about_sizes_[before], kLongestAbout);
  return std::string_view(text_).substr(begin, std::min<std::size_t>(about_sizes_[i], kLongestAbout));
}

std::string_view Question::type() const {
  std::size_t begin = key_size_;
  for (const std::uint32_t size : about_sizes_) begin += std::min<std::size_t>(size, kLongestAbout);
  const std::string_view own = std::string_view(text_).substr(begin);
  return own.empty() && type_spec != nullptr ? type_spec->name : own;
}

// Both sides escape as they like. Of a text that was cut while one of them has escapes, nothing can be said.
bool Question::is_about(const Part& answer) const {
  for (std::size_t i = 0; i < about_sizes_.size(); ++i) {
    const std::string_view asked = about(i);
    const std::string_view told = i == 0 ? answer.about.what : answer.about.which;
    if (asked.empty() || told.empty()) continue;
    if (asked == told.substr(0, kLongestAbout) && about_sizes_[i] == told.size()) continue;
    const bool has_escapes = asked.find('\\') != std::string_view::npos || told.find('\\') != std::string_view::npos;
    const bool is_cut = about_sizes_[i] > asked.size();
    if (!has_escapes || (!is_cut && !means_the_same(asked, told))) return false;
  }
  return true;
}

Questions::~Questions() {
  budget_.bytes -= counted_;
  if (counted_ > 0) --budget_.sessions;
}

void Questions::add(const Part& part, const Message& message, std::size_t limit, std::uint32_t mark) {
  make_place(message.time, limit);
  if (count_ == waiting_.size()) resize(std::max<std::size_t>(2, 2 * count_));
  const std::size_t at = place(count_++);
  sketches_[at] = Sketch::of(part);
  Question& question = waiting_[at];
  const std::size_t before = question.held();
  question.set(part, message, mark);
  ++kind_of(part.type_spec).waiting;
  text_bytes_ += question.held() - before;
  count();
  if (budget_.bytes > limits_.pending_bytes) keep_within_limit();
}

// The oldest go: those that need no answer after a while, and whichever they are beyond the limit.
void Questions::make_place(Timestamp now, std::size_t limit) {
  while (count_ > 0 && at(0).reply == Reply::Optional && now - at(0).time > limits_.reply_ns) drop_first();
  if (count_ < limit) return;
  has_forgotten_ |= at(0).reply != Reply::Optional;
  drop_first();
}

// REQUIRES: a power of two, and no less than wait.
void Questions::resize(std::size_t size) {
  std::vector<Question> waiting(size);
  std::vector<Sketch> sketches(size);
  for (std::size_t i = 0; i < count_; ++i) {
    std::swap(waiting[i], at(i));
    sketches[i] = sketches_[place(i)];
  }
  waiting_ = std::move(waiting);
  sketches_ = std::move(sketches);
  first_ = 0;
}

Kind& Questions::kind_of(const MessageType* type_spec) {
  const auto known = std::ranges::find(kinds_, type_spec, &Kind::type_spec);
  return known != kinds_.end() ? *known : kinds_.emplace_back(type_spec);
}

void Questions::stop_waiting(Question& question) {
  if (!std::exchange(question.is_waiting, false)) return;
  --kind_of(question.type_spec).waiting;
}

void Questions::drop_first() {
  stop_waiting(at(0));
  skip_answered();
}

void Questions::skip_answered() {
  while (count_ > 0 && !at(0).is_waiting) {
    first_ = place(1);
    --count_;
  }
}

Question& Questions::settle(Question& question) {
  stop_waiting(question);
  if (past_.size() < kPast) {
    past_.emplace_back();
    next_past_ = past_.size() - 1;
  }
  Question& place = past_[next_past_];
  next_past_ = (next_past_ + 1) % kPast;
  std::swap(place, question);
  skip_answered();
  count();
  return place;
}

// Who has less than its share need not give it up.
void Questions::keep_within_limit() {
  if (counted_ < limits_.pending_bytes / budget_.sessions) return;
  while (count_ > 1) {
    has_forgotten_ |= at(0).reply != Reply::Optional;
    drop_first();
  }
  resize(1);
  past_ = {};
  next_past_ = 0;
  text_bytes_ = 0;
  for (const Question& question : waiting_) text_bytes_ += question.held();
  count();
}

void Questions::count() {
  const std::size_t held = (waiting_.capacity() + past_.capacity()) * sizeof(Question) +
                           sketches_.capacity() * sizeof(Sketch) + kinds_.capacity() * sizeof(Kind) + text_bytes_;
  if (held == counted_) return;
  budget_.bytes += held - counted_;
  budget_.sessions += (held > 0) - (counted_ > 0);
  counted_ = held;
}

}  // namespace overhear
