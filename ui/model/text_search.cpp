#include "ui/model/text_search.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace overhear {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kRowsPerLook = 64;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

bool contains_text(std::string_view text, std::string_view part) {
  if (part.empty() || text.size() < part.size()) return false;
  const char first = part.front();
  const char* const last = text.data() + text.size() - part.size();
  for (const char* at = text.data(); at <= last; ++at) {
    if (lower(*at) != first) continue;
    const std::string_view here(at, part.size());
    if (std::ranges::equal(here, part, {}, lower)) return true;
  }
  return false;
}

void TextSearch::start(std::string text, const VisibleRows& rows, std::size_t from, bool is_backward) {
  text_ = lower_case(text);
  is_backward_ = is_backward;
  left_ = rows.size();
  version_ = rows.version();
  place_ = from != SIZE_MAX ? from : is_backward ? 0 : rows.size() - 1;
  state_ = text_.empty() || rows.size() == 0 ? State::Nothing : State::Searching;
}

bool TextSearch::matches(const RecordStore& store, std::size_t index) const {
  const Row& row = store.row(index);
  for (const StringId id : {row.type, row.user, row.room}) {
    if (contains_text(store.text(id), text_)) return true;
  }
  if (row.kind != RecordKind::Message) return false;
  const Message& message = store.message(index, false);
  if (contains_text(message.body, text_) || contains_text(message.content, text_)) return true;
  // What stands there with escapes.
  return message.text.find('\\') != std::string_view::npos && contains_text(unescaped(message.text), text_);
}

TextSearch::State TextSearch::advance(const VisibleRows& rows, const RecordStore& store,
                                      std::chrono::microseconds budget) {
  if (state_ != State::Searching) return state_;
  if (version_ != rows.version()) return state_ = State::Idle;
  const auto end = steady_clock::now() + budget;
  while (left_ > 0) {
    for (std::size_t i = 0; i < kRowsPerLook && left_ > 0; ++i, --left_) {
      place_ = (place_ + (is_backward_ ? rows.size() - 1 : 1)) % rows.size();
      if (matches(store, rows[place_])) return state_ = State::Found;
    }
    if (steady_clock::now() >= end) return state_;
  }
  return state_ = State::Nothing;
}

}  // namespace overhear
