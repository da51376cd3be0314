#include "ui/widgets/elided_text.hpp"

#include <fmt/format.h>
#include <imgui_internal.h>

#include <algorithm>
#include <string>

#include "base/utf8.hpp"
#include "ui/fonts.hpp"
#include "ui/frame_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kMeasured = 4096;  // bytes of a text that can be in sight

// Characters that no font here can draw, by their numbers: "U+1F600".
std::string undrawable(std::string_view text) {
  std::string out;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    const unsigned length = utf8_length(at, end);
    if (length == 4 && out.size() < 200) {
      out += fmt::format("{}U+{:04X}", out.empty() ? "" : " ", static_cast<std::uint32_t>(utf8_character(at, length)));
    }
    at += std::max(length, 1u);
  }
  return out;
}

void show_tooltip(Fonts& fonts, std::string_view text) {
  fonts.see(text);
  const std::string boxes = undrawable(text);
  const TooltipScope tooltip;
  ImGui::PushTextWrapPos(ImGui::GetFontSize() * 40);
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  if (!boxes.empty()) ImGui::TextDisabled("%s", boxes.c_str());
  ImGui::PopTextWrapPos();
}

}  // namespace

void elided_text(Fonts& fonts, std::string_view text, const ImVec4& color, std::string_view tooltip, float width) {
  // ImGui looks for the end of what ends nowhere.
  const std::string_view shown = text.data() == nullptr ? "" : utf8_prefix(text, kMeasured);
  fonts.see(shown);
  const char* const end = shown.data() + shown.size();
  const ImVec2 from = ImGui::GetCursorScreenPos();
  const float room = std::max(width > 0 ? width : ImGui::GetContentRegionAvail().x, 1.0f);
  const ImVec2 size = ImGui::CalcTextSize(shown.data(), end);
  const bool is_cut = size.x > room || shown.size() < text.size();
  const ImVec2 to(from.x + room, from.y + ImGui::GetTextLineHeight());
  const float descent = ImGui::GetTextLineHeight() / 4;  // of letters that a font lets hang below its line
  ImGui::PushStyleColor(ImGuiCol_Text, color);
  ImGui::RenderTextEllipsis(ImGui::GetWindowDrawList(), from, {to.x, to.y + descent}, to.x, to.x, shown.data(), end,
                            &size);
  ImGui::PopStyleColor();
  ImGui::Dummy({std::min(size.x, room), to.y - from.y});
  const bool has_more = is_cut || !tooltip.empty() || !undrawable(shown).empty();
  if (has_more && ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(from, to)) {
    show_tooltip(fonts, tooltip.empty() ? utf8_prefix(text, kMeasured) : tooltip);
  }
}

}  // namespace overhear
