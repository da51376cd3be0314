#include "session/filter/text_match.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>

namespace overhear {
namespace {

// Of the expression's program and of the automaton that is made of it on the way.
constexpr std::int64_t kExpressionBytes = 1 << 20;

bool contains(std::string_view text, std::string_view part) {
  return ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

}  // namespace

TextMatch::TextMatch(Relation relation, std::vector<std::string> values)
    : relation_(relation == Relation::NotEqual ? Relation::Equal : relation), values_(std::move(values)) {}

TextMatch::~TextMatch() = default;
TextMatch::TextMatch(TextMatch&&) noexcept = default;
TextMatch& TextMatch::operator=(TextMatch&&) noexcept = default;

std::expected<TextMatch, std::string> TextMatch::of_expression(const std::string& expression) {
  re2::RE2::Options options;
  options.set_case_sensitive(false);
  options.set_never_capture(true);
  options.set_log_errors(false);
  options.set_max_mem(kExpressionBytes);
  TextMatch match(Relation::Matches, {});
  match.expression_ = std::make_unique<re2::RE2>(expression, options);
  if (!match.expression_->ok()) return std::unexpected(match.expression_->error());
  return match;
}

bool TextMatch::holds(std::string_view text) const {
  if (relation_ == Relation::Matches) {
    return expression_->Match({text.data(), text.size()}, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
  }
  if (relation_ == Relation::Contains) return contains(text, values_.front());
  return std::ranges::any_of(values_, [&](const std::string& value) {
    if (relation_ == Relation::Equal || relation_ == Relation::In) return text == value;
    return is_ordered_so(relation_, text.compare(value));
  });
}

}  // namespace overhear
