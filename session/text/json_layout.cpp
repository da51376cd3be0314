#include "session/text/json_layout.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "dissectors/json/json_index.hpp"

namespace overhear {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::size_t kStep = 2;
// What nests deeper is not indented any further: each of very many lines would be as long.
constexpr std::size_t kDeepest = 40;

// The tokens of a valid text, one after another.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : rest_(text) {
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
    skip_space();
  }

  bool empty() const { return rest_.empty(); }
  char front() const { return rest_.empty() ? '\0' : rest_.front(); }

  std::string_view take() {
    const std::string_view token = rest_.substr(0, std::clamp(length(), std::size_t{1}, rest_.size()));
    rest_.remove_prefix(token.size());
    skip_space();
    return token;
  }

 private:
  std::size_t length() const {
    if (rest_.front() == '"') return string_length();
    if (std::string_view("{}[],:").contains(rest_.front())) return 1;
    return std::min(rest_.find_first_of(" \t\r\n{}[],:\""), rest_.size());
  }

  std::size_t string_length() const {
    std::size_t at = 1;
    while (at < rest_.size() && rest_[at] != '"') at += rest_[at] == '\\' ? 2 : 1;
    return at + 1;
  }

  void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpace), rest_.size())); }

  std::string_view rest_;
};

JsonPart part_of(std::string_view token, char next) {
  if (token.front() != '"') return JsonPart::Literal;
  return next == ':' ? JsonPart::Name : JsonPart::String;
}

}  // namespace

bool is_json(std::string_view text) {
  Limits limits;
  limits.json_nodes = 1;  // none is looked at
  return JsonIndex().parse(text, limits) == JsonIndex::Status::Valid;
}

void lay_out(std::string_view text, const std::function<bool(JsonPart, std::string_view)>& put) {
  Tokens tokens(text);
  const std::string indentation(kStep * kDeepest, ' ');
  std::size_t depth = 0;
  const auto put_break = [&] {
    return put(JsonPart::Break, std::string_view(indentation).substr(0, kStep * std::min(depth, kDeepest)));
  };
  bool goes_on = true;
  while (goes_on && !tokens.empty()) {
    const std::string_view token = tokens.take();
    switch (token.front()) {
      case '{':
      case '[':
        goes_on = put(JsonPart::Mark, token);
        if (tokens.front() == '}' || tokens.front() == ']') {
          goes_on = goes_on && put(JsonPart::Mark, tokens.take());
        } else {
          ++depth;
          goes_on = goes_on && put_break();
        }
        break;
      case '}':
      case ']':
        --depth;
        goes_on = put_break() && put(JsonPart::Mark, token);
        break;
      case ',': goes_on = put(JsonPart::Mark, token) && put_break(); break;
      case ':': goes_on = put(JsonPart::Mark, ": "); break;
      default: goes_on = put(part_of(token, tokens.front()), token);
    }
  }
}

std::string indented_json(std::string_view text) {
  std::string out;
  lay_out(text, [&](JsonPart part, std::string_view piece) {
    if (part == JsonPart::Break) out += '\n';
    out += piece;
    return true;
  });
  return out;
}

std::string compact_json(std::string_view text) {
  std::string out;
  for (Tokens tokens(text); !tokens.empty();) out += tokens.take();
  return out;
}

}  // namespace overhear
