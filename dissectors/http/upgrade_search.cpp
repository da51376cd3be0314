#include "dissectors/http/upgrade_search.hpp"

#include <algorithm>

#include "dissectors/http/http_head.hpp"

namespace overhear {
namespace {

constexpr std::string_view kBegin = "GET /";

// Whether the line that the text begins with can be a request's.
bool may_be_request(std::string_view text) {
  constexpr std::size_t kLongestLine = 8192;
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return text.size() <= kLongestLine;
  return text.substr(0, end).contains(" HTTP/1.");
}

}  // namespace

UpgradeSearch::Found UpgradeSearch::advance(std::string_view text, bool is_final, std::size_t end) {
  end = std::min(end, text.size());
  for (;;) {
    const std::size_t found = text.find(kBegin, at_);
    if (found >= end) {
      // The last bytes may begin one.
      const std::size_t kept = is_final ? 0 : kBegin.size() - 1;
      at_ = std::max(at_, std::min(end, text.size() - std::min(text.size(), kept)));
      return Found::Nothing;
    }
    if (found != at_) searched_ = 0;
    at_ = found;
    const Found judgement = judge(text.substr(at_));
    if (judgement == Found::Request) return judgement;
    if (judgement == Found::NeedMore && !is_final) return judgement;
    // In what is too long for a head no other one is looked for: that would be looked through again and again.
    at_ = std::min(end, at_ + std::max<std::size_t>(searched_ > limits_.http_head_bytes ? searched_ : 0, 1));
    searched_ = 0;
  }
}

UpgradeSearch::Found UpgradeSearch::judge(std::string_view text) {
  if (!may_be_request(text)) return Found::Nothing;
  text = text.substr(0, limits_.http_head_bytes + 1);
  const auto end = find_head_end(text, searched_);
  if (!end) {
    searched_ = text.size();
    return text.size() > limits_.http_head_bytes ? Found::Nothing : Found::NeedMore;
  }
  const auto head = parse_http_head(text.substr(0, *end));
  return head && head->is_request && head->lists("Upgrade", "websocket") ? Found::Request : Found::Nothing;
}

}  // namespace overhear
