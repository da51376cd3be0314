#include "cli/draft_dialog.hpp"

#include <fmt/format.h>

#include <utility>

#include "cli/draft_editor.hpp"
#include "session/text/json_layout.hpp"

namespace overhear {
namespace {

constexpr std::size_t kIndentedBytes = 1u << 20;  // what is larger is edited as it stands

// What the user edits: JSON over lines, with an end of the last one as editors want it.
std::string spread(const std::string& text) {
  if (text.size() > kIndentedBytes || !is_json(text)) return text;
  return indented_json(text) + '\n';
}

// What is sent of it. An editor may end the last line of a text that had no end.
std::string gathered(std::string text, bool had_line_end) {
  if (is_json(text)) return compact_json(text);
  if (!had_line_end && text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

std::optional<std::string> DraftDialog::write(const std::string& text, const DraftPurpose& purpose) {
  const bool had_line_end = text.ends_with('\n');
  const std::string file = fmt::format("{}.{}", purpose.name, is_json(text) ? "json" : "txt");
  const std::string before = gathered(text, had_line_end);
  std::string edited = spread(text);
  for (;;) {
    console_.clear_prompt();
    auto left = edit_text(edited, file, [this] { console_.listen(); });
    console_.tell();
    if (!left) {
      console_.say("error: " + left.error(), color::kRed);
      return std::nullopt;
    }
    edited = *std::move(left);
    std::string sent = gathered(edited, had_line_end);
    if (sent.empty() || (purpose.must_differ && sent == before)) {
      console_.say(sent.empty() ? "empty: nothing is sent" : "unchanged");
      return std::nullopt;
    }
    for (const std::string& warning : purpose.review(sent)) console_.say("warning: " + warning, color::kYellow);
    switch (choose(purpose)) {
      case Choice::Send: return sent;
      case Choice::EditAgain: break;
      case Choice::Leave: return std::nullopt;
    }
  }
}

DraftDialog::Choice DraftDialog::choose(const DraftPurpose& purpose) {
  std::string answer;
  while (purpose.is_wanted()) {
    const auto came = console_.wait("[s]end [e]dit again [l]eave > ", answer);
    if (came == InterceptConsole::Came::Over) break;
    if (came == InterceptConsole::Came::News) continue;
    if (answer == "s") return Choice::Send;
    if (answer == "e") return Choice::EditAgain;
    if (answer == "l" || answer == "q") break;
  }
  return Choice::Leave;
}

}  // namespace overhear
