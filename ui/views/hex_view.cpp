#include "ui/views/hex_view.hpp"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "ui/theme.hpp"

namespace overhear {

std::optional<std::size_t> HexView::draw(Fonts& fonts, std::string_view bytes, ByteRange marked,
                                         const std::vector<ByteRange>& hidden) {
  ImGui::PushFont(fonts.mono());
  const ImVec2 area = ImGui::GetContentRegionAvail();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float height = ImGui::GetTextLineHeight() + 2;
  const float character = ImGui::CalcTextSize("0").x;
  const std::size_t lines = (bytes.size() + kHexBytesPerLine - 1) / kHexBytesPerLine;
  const auto page = static_cast<double>(std::max(area.y, 1.0f) / height);
  if (must_show_)
    scroll_.show(*must_show_ / kHexBytesPerLine, static_cast<std::size_t>(std::max(1.0, std::floor(page))));
  must_show_.reset();
  draw_row_scroll("hex", scroll_, lines, page, corner.x, corner.y, corner.x + area.x, corner.y + area.y);
  const auto begin = static_cast<std::size_t>(scroll_.first);
  const std::size_t end = std::min(lines, begin + static_cast<std::size_t>(page) + 1);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  std::optional<std::size_t> clicked;
  ImGui::PushClipRect(corner, {corner.x + area.x, corner.y + area.y}, true);
  for (std::size_t line = begin; line < end; ++line) {
    const float top = corner.y + static_cast<float>(line - begin) * height;
    for (std::size_t i = 0; i < kHexBytesPerLine && line * kHexBytesPerLine + i < bytes.size(); ++i) {
      const std::size_t offset = line * kHexBytesPerLine + i;
      for (const auto& [column, width] : {std::pair(hex_column(i), 2), std::pair(kHexTextColumn + i, 1)}) {
        const ImVec2 from(corner.x + static_cast<float>(column) * character - 1, top);
        const ImVec2 to(from.x + static_cast<float>(width) * character + 2, top + height);
        if (offset >= marked.first && offset < marked.second) {
          list.AddRectFilled(from, to, ImGui::GetColorU32(palette().selection));
        }
        const bool is_over = ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(from, to);
        if (is_over && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) clicked = offset;
      }
    }
    ImGui::SetCursorScreenPos({corner.x, top + 1});
    ImGui::TextUnformatted(hex_line(bytes, line, hidden).c_str());
  }
  ImGui::PopClipRect();
  ImGui::PopFont();
  return clicked;
}

}  // namespace overhear
