#include "ui/widgets/plot.hpp"

#include <algorithm>
#include <cmath>

#include "ui/frame_text.hpp"
#include "ui/theme.hpp"

namespace overhear {
namespace {

struct Frame {
  ImVec2 from;  // of the values
  ImVec2 to;
  double most = 1;

  float x(double part) const { return from.x + static_cast<float>(part) * (to.x - from.x); }
  float y(double value) const {
    return to.y - static_cast<float>(std::clamp(value / most, 0.0, 1.0)) * (to.y - from.y);
  }
};

std::size_t places_of(const Plot& plot) {
  std::size_t places = 0;
  for (const PlotSeries& series : plot.series) places = std::max(places, series.values.size());
  return places;
}

void draw_axes(const Plot& plot, const Frame& frame) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImU32 line = ImGui::GetColorU32(palette().line);
  const ImU32 faint = ImGui::GetColorU32(palette().faint);
  const float gap = ImGui::GetFontSize() / 3;
  for (const AxisMark& mark : plot.up.marks) {
    const float y = std::floor(frame.y(mark.at * frame.most)) + 0.5f;
    list.AddLine({frame.from.x, y}, {frame.to.x, y}, line);
    const ImVec2 size = ImGui::CalcTextSize(mark.text.c_str());
    list.AddText({frame.from.x - gap - size.x, y - size.y / 2}, faint, mark.text.c_str());
  }
  float free_from = -1;
  for (const AxisMark& mark : plot.across.marks) {
    const float x = frame.x(mark.at);
    const ImVec2 size = ImGui::CalcTextSize(mark.text.c_str());
    const float left = std::clamp(x - size.x / 2, frame.from.x - gap, std::max(frame.from.x, frame.to.x - size.x));
    list.AddLine({x, frame.to.y}, {x, frame.to.y + gap / 2}, line);
    if (left < free_from) continue;  // no room for it
    list.AddText({left, frame.to.y + gap / 2}, faint, mark.text.c_str());
    free_from = left + size.x + gap;
  }
}

void draw_bars(const PlotSeries& series, const Frame& frame, double used) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const auto count = static_cast<double>(series.values.size());
  const ImU32 color = ImGui::GetColorU32(series.color);
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    if (series.values[i] <= 0) continue;
    const float left = std::floor(frame.x(static_cast<double>(i) / count * used));
    const float right = std::floor(frame.x(static_cast<double>(i + 1) / count * used));
    const float gap = right - left > 3 ? 1.0f : 0.0f;
    // What is there is seen, however little.
    const float top = std::min(std::floor(frame.y(series.values[i])), frame.to.y - 1);
    list.AddRectFilled({left, top}, {std::max(left + 1, right - gap), frame.to.y}, color);
  }
}

void draw_steps(const PlotSeries& series, const Frame& frame, double used) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const auto count = static_cast<double>(series.values.size());
  const ImU32 color = ImGui::GetColorU32(series.color);
  constexpr float kThick = 1.5f;
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    const float left = frame.x(static_cast<double>(i) / count * used);
    const float right = frame.x(static_cast<double>(i + 1) / count * used);
    const float y = frame.y(series.values[i]);
    if (i > 0) list.AddLine({left, frame.y(series.values[i - 1])}, {left, y}, color, kThick);
    list.AddLine({left, y}, {right, y}, color, kThick);
  }
}

void draw_head(const Plot& plot, float right) {
  const float em = ImGui::GetFontSize();
  ImGui::TextUnformatted(plot.title.c_str());
  for (const PlotSeries& series : plot.series) {
    if (series.name.empty()) continue;
    ImGui::SameLine(0, em);
    if (ImGui::GetCursorScreenPos().x + ImGui::CalcTextSize(series.name.c_str()).x > right) break;
    ImGui::TextColored(series.color, "%s", series.name.c_str());
  }
}

}  // namespace

std::size_t draw_plot(const Plot& plot, ImVec2 size) {
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float line = ImGui::GetTextLineHeight();
  draw_head(plot, corner.x + size.x);
  const std::size_t places = places_of(plot);
  if (places == 0) {
    ImGui::SetCursorScreenPos({corner.x, corner.y + size.y / 2 - line / 2});
    ImGui::TextColored(palette().faint, "%s", plot.empty.c_str());
    return SIZE_MAX;
  }
  float room = 0;  // for the marks at the left
  for (const AxisMark& mark : plot.up.marks) room = std::max(room, ImGui::CalcTextSize(mark.text.c_str()).x);
  Frame frame;
  frame.from = {corner.x + room + line / 2, corner.y + 1.7f * line};
  frame.to = {corner.x + size.x - line / 2, corner.y + size.y - 1.4f * line};
  frame.most = std::max(plot.up.end, 1e-9);
  if (frame.to.x <= frame.from.x || frame.to.y <= frame.from.y) return SIZE_MAX;
  draw_axes(plot, frame);
  for (const PlotSeries& series : plot.series) {
    plot.has_bars ? draw_bars(series, frame, plot.across_used) : draw_steps(series, frame, plot.across_used);
  }
  if (!ImGui::IsWindowHovered() || !ImGui::IsMouseHoveringRect(frame.from, frame.to)) return SIZE_MAX;
  const double part = static_cast<double>((ImGui::GetIO().MousePos.x - frame.from.x) / (frame.to.x - frame.from.x));
  const double place = part / plot.across_used * static_cast<double>(places);
  if (place < 0 || place >= static_cast<double>(places)) return SIZE_MAX;
  const auto at = static_cast<std::size_t>(place);
  const auto edge = [&](std::size_t i) {
    return frame.x(static_cast<double>(i) / static_cast<double>(places) * plot.across_used);
  };
  ImVec4 mark = palette().accent;
  mark.w = 0.25f;
  ImGui::GetWindowDrawList()->AddRectFilled({edge(at), frame.from.y}, {edge(at + 1), frame.to.y},
                                            ImGui::GetColorU32(mark));
  const TooltipScope tooltip;
  ImGui::TextUnformatted(plot.tell(at).c_str());
  return ImGui::IsMouseClicked(ImGuiMouseButton_Left) ? at : SIZE_MAX;
}

}  // namespace overhear
