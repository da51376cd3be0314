#include "ui/theme.hpp"

#include <iterator>

namespace overhear {
namespace {

ImVec4 rgb(unsigned color, float alpha = 1) {
  return {static_cast<float>(color >> 16 & 255) / 255, static_cast<float>(color >> 8 & 255) / 255,
          static_cast<float>(color & 255) / 255, alpha};
}

const Palette kDark{.back = rgb(0x22262d),
                    .pane = rgb(0x1a1d23),
                    .stripe = rgb(0x1e2228),
                    .selection = rgb(0x2f5379),
                    .text = rgb(0xdfe3e8),
                    .faint = rgb(0x8d96a3),
                    .line = rgb(0x363c46),
                    .accent = rgb(0x5aa7f0),
                    .note = rgb(0x6cb2f2),
                    .warning = rgb(0xf0b840),
                    .error = rgb(0xff6e67),
                    .warning_back = rgb(0x352e1c),
                    .error_back = rgb(0x3d2325),
                    .mark_back = rgb(0x40305c),
                    .valid_back = rgb(0x1d3328)};

const Palette kLight{.back = rgb(0xeceef1),
                     .pane = rgb(0xffffff),
                     .stripe = rgb(0xf6f7f9),
                     .selection = rgb(0xbcdaf8),
                     .text = rgb(0x1d2127),
                     .faint = rgb(0x626b78),
                     .line = rgb(0xc9ced6),
                     .accent = rgb(0x1664b5),
                     .note = rgb(0x1664b5),
                     .warning = rgb(0x8a5a00),
                     .error = rgb(0xb3201b),
                     .warning_back = rgb(0xfdf1d3),
                     .error_back = rgb(0xfce1df),
                     .mark_back = rgb(0xe4d8fa),
                     .valid_back = rgb(0xdff3e4)};

struct ProtocolColor {
  std::string_view protocol;
  ImVec4 dark;
  ImVec4 light;
};
const ProtocolColor kProtocolColors[] = {{"cchat", rgb(0x56c7d6), rgb(0x0b6f7d)},
                                         {"mcp", rgb(0x7fcb77), rgb(0x23722b)},
                                         {"chatmaster", rgb(0xd48fe0), rgb(0x8a2f9b)},
                                         {"scrp", rgb(0x86aef5), rgb(0x2b54ad)},
                                         {"gradagenda", rgb(0xe0b25f), rgb(0x85580a)}};

struct NameColor {
  ImVec4 dark;
  ImVec4 light;
};
const NameColor kNameColors[] = {{rgb(0x6cc7e8), rgb(0x0a6a8c)}, {rgb(0x8ed081), rgb(0x2f7220)},
                                 {rgb(0xe79ad6), rgb(0x96297e)}, {rgb(0xf2b36b), rgb(0x8f5200)},
                                 {rgb(0x9db2ff), rgb(0x3d4fb8)}, {rgb(0x63d3b4), rgb(0x0d7159)},
                                 {rgb(0xd9cf6a), rgb(0x6c6400)}, {rgb(0xf39a92), rgb(0xa83a2e)}};
struct TypeColor {
  ImVec4 dark;
  ImVec4 light;
};
const TypeColor kTypeColors[] = {
    {rgb(0x6fce7c), rgb(0x23802f)}, {rgb(0x6f9af7), rgb(0x2b5fc4)}, {rgb(0xcf93ea), rgb(0x8a37b0)},
    {rgb(0x4fd0d8), rgb(0x0a7c86)}, {rgb(0xf29ac4), rgb(0xb8397f)}, {rgb(0xb5c96a), rgb(0x5f7410)},
    {rgb(0xa9a0f5), rgb(0x5a4cc0)}, {rgb(0xc4b29a), rgb(0x7a6040)}, {rgb(0x3fae9a), rgb(0x0e6e5c)},
    {rgb(0xdfe3e8), rgb(0x3a4048)}, {rgb(0x9a6fb8), rgb(0xa86cc4)}, {rgb(0x5c86c9), rgb(0x7f9fd8)},
    {rgb(0x8a9a5b), rgb(0x8b9a3a)}, {rgb(0xc46f9a), rgb(0xd77fae)}, {rgb(0x7fb3c8), rgb(0x4f93ad)},
    {rgb(0x9aa3b0), rgb(0x838c99)}};

Theme current = Theme::Dark;

void set_colors(ImGuiStyle& style) {
  const Palette& of = palette();
  const ImVec4 none(0, 0, 0, 0);
  current == Theme::Dark ? ImGui::StyleColorsDark(&style) : ImGui::StyleColorsLight(&style);
  ImVec4* const to = style.Colors;
  to[ImGuiCol_Text] = of.text;
  to[ImGuiCol_TextDisabled] = of.faint;
  to[ImGuiCol_WindowBg] = of.back;
  to[ImGuiCol_ChildBg] = of.pane;
  to[ImGuiCol_PopupBg] = of.back;
  to[ImGuiCol_MenuBarBg] = of.back;
  to[ImGuiCol_Border] = of.line;
  to[ImGuiCol_Separator] = of.line;
  to[ImGuiCol_TableHeaderBg] = of.back;
  to[ImGuiCol_TableBorderLight] = to[ImGuiCol_TableBorderStrong] = of.line;
  to[ImGuiCol_TableRowBg] = none;
  to[ImGuiCol_TableRowBgAlt] = none;
  to[ImGuiCol_Header] = of.selection;
  to[ImGuiCol_HeaderHovered] = with_alpha(of.selection, 0.6f);
  to[ImGuiCol_HeaderActive] = of.selection;
  to[ImGuiCol_FrameBg] = of.pane;
  to[ImGuiCol_FrameBgHovered] = of.stripe;
  to[ImGuiCol_FrameBgActive] = of.stripe;
  to[ImGuiCol_Button] = with_alpha(of.accent, 0.22f);
  to[ImGuiCol_ButtonHovered] = with_alpha(of.accent, 0.4f);
  to[ImGuiCol_ButtonActive] = with_alpha(of.accent, 0.55f);
  to[ImGuiCol_CheckMark] = of.accent;
  to[ImGuiCol_TitleBg] = to[ImGuiCol_TitleBgActive] = of.back;
  to[ImGuiCol_ScrollbarBg] = none;
}

}  // namespace

const Palette& palette() {
  return current == Theme::Dark ? kDark : kLight;
}

ImVec4 color_of(Severity severity) {
  switch (severity) {
    case Severity::Note: return palette().note;
    case Severity::Warning: return palette().warning;
    case Severity::Error: return palette().error;
  }
  return palette().text;
}

ImVec4 color_of_protocol(std::string_view protocol) {
  for (const ProtocolColor& color : kProtocolColors) {
    if (color.protocol == protocol) return current == Theme::Dark ? color.dark : color.light;
  }
  return palette().faint;
}

ImVec4 color_of_name(std::string_view name) {
  std::size_t sum = 0;
  for (const char c : name) sum = sum * 31 + static_cast<unsigned char>(c);
  const NameColor& color = kNameColors[(sum ^ sum >> 7) % std::size(kNameColors)];
  return current == Theme::Dark ? color.dark : color.light;
}

ImVec4 color_of_type(std::size_t number) {
  const TypeColor& color = kTypeColors[number % std::size(kTypeColors)];
  return current == Theme::Dark ? color.dark : color.light;
}

ImVec4 with_alpha(const ImVec4& color, float alpha) {
  return {color.x, color.y, color.z, alpha};
}

void apply_theme(Theme theme, float scale) {
  current = theme;
  ImGuiStyle style;
  style.WindowPadding = {8, 8};
  style.FramePadding = {6, 3};
  style.CellPadding = {5, 1.5f};
  style.ItemSpacing = {8, 4};
  style.ScrollbarSize = 13;
  style.WindowRounding = 0;
  style.FrameRounding = 3;
  style.PopupRounding = 4;
  style.ChildBorderSize = 0;
  style.FrameBorderSize = theme == Theme::Light ? 1.0f : 0.0f;
  style.ScaleAllSizes(scale);
  set_colors(style);
  ImGui::GetStyle() = style;
}

}  // namespace overhear
