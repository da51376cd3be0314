#include "ui/views/find_bar.hpp"

#include <imgui.h>
#include <imgui_stdlib.h>

#include <utility>

namespace overhear {

void FindBar::open(ViewState& state) {
  state.has_find = true;
  wants_focus_ = true;
  search_ = TextSearch::State::Idle;
}

void FindBar::draw(ViewState& state) {
  if (!state.has_find) return;
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + 8);
  ImGui::AlignTextToFramePadding();
  ImGui::TextUnformatted("Find");
  ImGui::SameLine();
  if (std::exchange(wants_focus_, false)) ImGui::SetKeyboardFocusHere();
  ImGui::SetNextItemWidth(22 * ImGui::GetFontSize());
  const std::string before = text_;
  ImGui::InputTextWithHint("##find", "text in a message, its type, user or room", &text_);
  if (text_ != before) search_ = TextSearch::State::Idle;
  if (ImGui::IsItemActive()) state.focus = Pane::Find;
  ImGui::SameLine();
  if (ImGui::Button("Previous")) state.wishes.find = -1;
  ImGui::SameLine();
  if (ImGui::Button("Next")) state.wishes.find = 1;
  ImGui::SameLine();
  if (ImGui::Button("Close")) state.has_find = false;
  ImGui::SameLine();
  switch (search_) {
    case TextSearch::State::Searching: ImGui::TextDisabled("looking…"); break;
    case TextSearch::State::Nothing: ImGui::TextColored(palette().error, "stands nowhere in what is shown"); break;
    default: ImGui::TextDisabled("Enter: next, Ctrl+B: previous");
  }
}

}  // namespace overhear
