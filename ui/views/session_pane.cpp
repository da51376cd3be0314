#include "ui/views/session_pane.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "base/amount_text.hpp"
#include "dissectors/protocol.hpp"
#include "session/text/message_text.hpp"
#include "ui/amounts.hpp"
#include "ui/frame_text.hpp"
#include "ui/model/time_text.hpp"
#include "ui/widgets/elided_text.hpp"
#include "ui/widgets/fold_arrow.hpp"

namespace overhear {
namespace {

constexpr std::size_t kNameWidth = 24;

// "open", "closed: fin, opened by mcp-dh-private-key"
std::string state_text(const SessionSummary& session) {
  std::string text = session.is_closed ? "closed by " + session.reason : "open";
  if (session.is_closed && session.reason == "end of capture") text = "open at the end of the capture";
  if (session.encrypted > 0) text += fmt::format(", {} not decrypted", counted(session.encrypted, "message"));
  if (!session.decrypted.empty()) text += ", decrypted by " + session.decrypted;
  return text;
}

std::string title_of(const RecordStore& store, const TreeLine& line) {
  switch (line.level) {
    case TreeLine::Level::Protocol: return std::string(line.protocol == nullptr ? "nothing said" : line.protocol->name);
    case TreeLine::Level::Server: return to_string(line.server);
    case TreeLine::Level::Session: break;
  }
  const SessionSummary& session = *store.session(line.session);
  const std::string client =
      session.user != 0 ? name_text(store.text(session.user), kNameWidth) : fmt::format(":{}", session.client.port);
  return fmt::format("{}  {}", line.session, client);
}

std::string tooltip_of(const RecordStore& store, const TreeLine& line) {
  std::string text = fmt::format("{}, {}", counted(line.messages, "message"), bytes_text(line.bytes));
  if (line.level == TreeLine::Level::Session) {
    const SessionSummary& session = *store.session(line.session);
    text = fmt::format("session {}: {} → {}\n{}\n{}\nopened {}", line.session, to_string(session.client),
                       to_string(session.server), state_text(session), text, full_time_text(session.opened));
  } else {
    text = fmt::format("{}, {}", counted(line.sessions, "session"), text);
    if (line.protocol != nullptr) text = fmt::format("{}\n{}", line.protocol->title, text);
  }
  for (const Severity severity : {Severity::Error, Severity::Warning, Severity::Note}) {
    const std::uint64_t count = line.findings[static_cast<std::size_t>(severity)];
    if (count > 0) text += fmt::format("\n{} {}", mark_of(severity), counted(count, to_string(severity)));
  }
  return text;
}

// The gravest findings of a line, as a badge at the right edge. Gives how wide it is.
float draw_badge(const TreeLine& line, float right, float top) {
  for (const Severity severity : {Severity::Error, Severity::Warning}) {
    const std::uint64_t count = line.findings[static_cast<std::size_t>(severity)];
    if (count == 0) continue;
    const std::string text = count > 999 ? "999+" : std::to_string(count);
    const ImVec2 size = ImGui::CalcTextSize(text.c_str());
    const ImVec4 color = color_of(severity);
    const ImVec2 from(right - size.x - 10, top);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(from, {right, top + size.y}, ImGui::GetColorU32(ImVec4(color.x, color.y, color.z, 0.22f)), 4);
    list.AddText({from.x + 5, from.y}, ImGui::GetColorU32(color), text.c_str());
    return size.x + 16;
  }
  return 0;
}

}  // namespace

void SessionPane::draw_line(const ViewContext& context, ViewState& state, std::size_t number, float width) {
  const RecordStore& store = context.document.store();
  const TreeLine line = context.tree.lines()[number];
  const bool is_session = line.level == TreeLine::Level::Session;
  const float indent = ImGui::GetFontSize() * static_cast<float>(line.level);
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float height = ImGui::GetTextLineHeight() + 3;
  ImGui::PushID(static_cast<int>(number));
  const bool is_chosen = state.tree_line == number;
  if (ImGui::Selectable("##line", is_chosen, ImGuiSelectableFlags_AllowItemOverlap, {width, height})) {
    const bool is_arrow = !is_session && ImGui::GetIO().MousePos.x < corner.x + indent + ImGui::GetFontSize();
    state.focus = Pane::Sessions;
    if (is_arrow) {
      context.tree.toggle(number);
    } else {
      state.tree_line = number;
      state.sessions = context.tree.sessions_of(number);
    }
  }
  const bool is_hovered = ImGui::IsItemHovered();
  const float badge = draw_badge(line, corner.x + width - 4, corner.y + 1);
  const std::string count = std::to_string(line.messages);
  const float count_width = ImGui::CalcTextSize(count.c_str()).x + 8;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (!is_session) {
    draw_fold_arrow({corner.x + indent, corner.y + 2}, line.is_open);
  } else if (!store.session(line.session)->is_closed) {
    list.AddCircleFilled({corner.x + indent + ImGui::GetFontSize() / 2, corner.y + height / 2}, 3,
                         ImGui::GetColorU32(palette().accent));
  }
  const float text_left = corner.x + indent + ImGui::GetFontSize() + 2;
  const float text_right = corner.x + width - badge - count_width - 8;
  ImGui::SetCursorScreenPos({text_left, corner.y + 1});
  const ImVec4 color = line.level == TreeLine::Level::Protocol
                           ? color_of_protocol(line.protocol == nullptr ? "" : line.protocol->name)
                       : line.messages == 0 ? palette().faint
                                            : palette().text;
  elided_text(context.fonts, title_of(store, line), color, {}, text_right - text_left);
  list.AddText({corner.x + width - badge - count_width, corner.y + 1}, ImGui::GetColorU32(palette().faint),
               count.c_str());
  if (is_hovered) {
    const TooltipScope tooltip;
    ImGui::TextUnformatted(tooltip_of(store, line).c_str());
  }
  ImGui::PopID();
}

// In front of all: everything, whichever session.
void SessionPane::draw_all(const ViewContext& context, ViewState& state, float width) {
  const RecordStore& store = context.document.store();
  const std::string text = fmt::format("All sessions ({})", store.sessions().size());
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  if (ImGui::Selectable("##all", state.sessions.empty(), ImGuiSelectableFlags_AllowItemOverlap,
                        {width, ImGui::GetTextLineHeight() + 3})) {
    state.sessions.clear();
    state.tree_line = SIZE_MAX;
    state.focus = Pane::Sessions;
  }
  ImGui::SetCursorScreenPos({corner.x + 4, corner.y + 1});
  elided_text(context.fonts, text, palette().text);
  ImGui::SetCursorScreenPos({corner.x, corner.y + ImGui::GetTextLineHeight() + 3});
}

void SessionPane::draw(const ViewContext& context, ViewState& state) {
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
  draw_all(context, state, width);
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float height = std::max(1.0f, ImGui::GetContentRegionAvail().y);
  const float line_height = ImGui::GetTextLineHeight() + 3;
  const auto page = static_cast<double>(height / line_height);
  const std::size_t count = context.tree.lines().size();
  if (state.must_show_tree_line && state.tree_line < count) {
    scroll_.show(state.tree_line, static_cast<std::size_t>(std::max(1.0, std::floor(page))));
  }
  state.must_show_tree_line = false;
  const float bar =
      draw_row_scroll("sessions", scroll_, count, page, corner.x, corner.y, corner.x + width, corner.y + height);
  ImGui::PushClipRect(corner, {corner.x + width, corner.y + height}, true);
  const auto begin = static_cast<std::size_t>(scroll_.first);
  for (std::size_t line = begin;
       line < std::min(context.tree.lines().size(), begin + static_cast<std::size_t>(page) + 2); ++line) {
    ImGui::SetCursorScreenPos({corner.x, corner.y + static_cast<float>(line - begin) * line_height});
    draw_line(context, state, line, width - bar);
  }
  ImGui::PopClipRect();
  ImGui::PopStyleVar();
}

void SessionPane::move(const ViewContext& context, ViewState& state, std::ptrdiff_t by) {
  const auto count = static_cast<std::ptrdiff_t>(context.tree.lines().size());
  if (count == 0) return;
  const auto at = state.tree_line == SIZE_MAX ? -1 : static_cast<std::ptrdiff_t>(state.tree_line);
  const std::ptrdiff_t to = std::clamp<std::ptrdiff_t>(at + by, -1, count - 1);
  state.tree_line = to < 0 ? SIZE_MAX : static_cast<std::size_t>(to);
  state.sessions = to < 0 ? std::set<std::uint32_t>() : context.tree.sessions_of(state.tree_line);
  state.must_show_tree_line = true;
}

void SessionPane::fold(const ViewContext& context, ViewState& state, bool is_open) {
  if (state.tree_line >= context.tree.lines().size()) return;
  if (context.tree.lines()[state.tree_line].is_open != is_open) context.tree.toggle(state.tree_line);
}

}  // namespace overhear
