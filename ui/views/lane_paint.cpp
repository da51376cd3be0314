#include "ui/views/lane_paint.hpp"

#include <algorithm>

#include "ui/theme.hpp"

namespace overhear {
namespace {

float pixel() {
  return std::max(1.0f, ImGui::GetFontSize() / 14);
}

void draw_life(const LaneLayout& layout, const LanePlace& place) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImU32 line = ImGui::GetColorU32(with_alpha(palette().faint, 0.5f));
  const float middle = place.middle();
  list.AddRectFilled({layout.life.from, middle - pixel() / 2}, {layout.life.to, middle + pixel() / 2}, line);
  const float half = std::min(place.reach() * 0.6f, ImGui::GetFontSize() * 0.5f);
  const ImU32 end = ImGui::GetColorU32(palette().faint);
  if (layout.has_begin) {
    list.AddTriangleFilled({layout.life.from, middle - half}, {layout.life.from + half * 0.8f, middle},
                           {layout.life.from, middle + half}, end);
  }
  if (layout.has_end) {
    list.AddRectFilled({layout.life.to - pixel(), middle - half}, {layout.life.to + pixel(), middle + half}, end);
  }
}

void draw_gap(const TimelineMark& gap, const LanePlace& place) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float half = std::max(3.0f, ImGui::GetFontSize() * 0.22f);
  const ImU32 color = ImGui::GetColorU32(palette().warning);
  list.AddRectFilled({gap.x - half, place.top + 1}, {gap.x + half, place.bottom - 1},
                     ImGui::GetColorU32(with_alpha(palette().warning, 0.18f)));
  for (const float side : {-1.0f, 1.0f}) {  // a zigzag: torn paper
    const float x = gap.x + side * half;
    const float quarter = (place.bottom - place.top) / 4;
    const ImVec2 points[] = {{x, place.top + 1},
                             {x + 2, place.top + quarter},
                             {x - 2, place.middle()},
                             {x + 2, place.bottom - quarter},
                             {x, place.bottom - 1}};
    list.AddPolyline(points, 5, color, 0, pixel());
  }
}

void draw_tick(const TimelineTick& tick, const LanePlace& place) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const TimelineEntry& entry = tick.entry;
  const ImU32 color = ImGui::GetColorU32(color_of_entry(entry));
  const float middle = place.middle();
  const bool is_grave = entry.gravity >= 2;
  if (entry.side == TickSide::None || entry.kind == TickKind::Finding || entry.kind == TickKind::Event) {
    const float half = ImGui::GetFontSize() * (is_grave ? 0.3f : 0.2f);
    list.AddQuadFilled({tick.x, middle - half}, {tick.x + half, middle}, {tick.x, middle + half},
                       {tick.x - half, middle}, color);
    return;
  }
  const bool is_heartbeat = entry.kind == TickKind::Heartbeat && entry.gravity < 2;
  const float reach = place.reach() * (is_heartbeat ? 0.55f : 1);
  const float tip = entry.side == TickSide::Client ? middle - reach : middle + reach;
  const float half = pixel() * 1.0f;
  list.AddRectFilled({tick.x - half, std::min(middle, tip)}, {tick.x + half, std::max(middle, tip)}, color);
  if (is_heartbeat) list.AddCircleFilled({tick.x, tip}, pixel() * 2, color, 8);
  if (is_grave) list.AddCircleFilled({tick.x, tip}, ImGui::GetFontSize() * 0.2f, color, 12);
}

}  // namespace

ImVec4 color_of_entry(const TimelineEntry& entry) {
  if (entry.gravity >= 2) return color_of(static_cast<Severity>(entry.gravity - 1));
  switch (entry.kind) {
    case TickKind::Message: return color_of_type(entry.color);
    case TickKind::Negotiation: return palette().accent;
    case TickKind::Finding: return palette().note;
    case TickKind::Heartbeat:
    case TickKind::Event: return palette().faint;
  }
  return palette().faint;
}

void draw_lane(const LaneLayout& layout, const LanePlace& place, const TimeScale& scale) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float right = scale.left + scale.width;
  for (const TimelineStretch& shade : layout.negotiations) {
    list.AddRectFilled({shade.from, place.top + 1},
                       {std::min(right, std::max(shade.to, shade.from + 3)), place.bottom - 1},
                       ImGui::GetColorU32(with_alpha(palette().accent, 0.22f)));
  }
  draw_life(layout, place);
  for (const TimelineArc& arc : layout.arcs) draw_arc(arc, place, with_alpha(palette().faint, 0.55f), pixel());
  // The grave ones over all others.
  for (const bool is_grave : {false, true}) {
    for (const TimelineTick& tick : layout.ticks) {
      if ((tick.entry.gravity >= 2) == is_grave) draw_tick(tick, place);
    }
  }
  for (const TimelineMark& gap : layout.gaps) draw_gap(gap, place);
}

// Over the lane's edge: from the request's tip to the answer's, around the ticks between.
void draw_arc(const TimelineArc& arc, const LanePlace& place, const ImVec4& color, float width) {
  const float side = arc.side == TickSide::Client ? -1.0f : 1.0f;
  const float tip = place.middle() + side * place.reach();
  const float far = place.middle() - side * place.reach();
  const float bend = (arc.to - arc.from) * 0.45f;
  ImGui::GetWindowDrawList()->AddBezierCubic({arc.from, tip}, {arc.from + bend, tip}, {arc.to - bend, far},
                                             {arc.to, far}, ImGui::GetColorU32(color), width, 24);
}

void draw_selected(float x, const LanePlace& place, TickSide side) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImU32 color = ImGui::GetColorU32(palette().accent);
  const float half = ImGui::GetFontSize() * 0.28f;
  const float top = side == TickSide::Server ? place.middle() : place.top + 1;
  const float bottom = side == TickSide::Client ? place.middle() : place.bottom - 1;
  list.AddRectFilled({x - half, top}, {x + half, bottom}, ImGui::GetColorU32(with_alpha(palette().accent, 0.25f)), 2);
  list.AddRect({x - half, top}, {x + half, bottom}, color, 2, 0, pixel());
}

}  // namespace overhear
