#include "ui/views/transcript_view.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/amount_text.hpp"
#include "dissectors/protocol.hpp"
#include "ui/command.hpp"
#include "ui/model/time_text.hpp"
#include "ui/widgets/elided_text.hpp"
#include "ui/widgets/splitter.hpp"

namespace overhear {
namespace {

constexpr float kLineGap = 3;
constexpr std::size_t kClockLength = 8;  // "04:18:16"
constexpr std::size_t kDayLength = 10;   // "2026-11-21"
// Of an em, at least as wide as what fonts have beyond ASCII.
constexpr float kOtherColumn = 0.72f;

CharacterWidths character_widths() {
  CharacterWidths widths;
  const ImFont& font = *ImGui::GetFont();
  const float scale = ImGui::GetFontSize() / font.FontSize;
  for (std::size_t c = 0; c < widths.plain.size(); ++c) {
    widths.plain[c] = font.GetCharAdvance(static_cast<ImWchar>(c)) * scale;
  }
  widths.column = ImGui::GetFontSize() * kOtherColumn;
  return widths;
}

float line_height() {
  return ImGui::GetTextLineHeight() + kLineGap;
}

bool is_all_told(const ViewContext& context) {
  return !context.document.is_loading() &&
         context.retold.is_complete(Retelling::Transcript, context.document.store(), true);
}

// Why nobody is heard.
std::string silence_text(const ViewContext& context) {
  const Retellings& retold = context.retold;
  const RecordStore& store = context.document.store();
  if (!is_all_told(context)) return retold.transcript().size() > 0 ? "" : "Nobody has said anything yet.";
  if (store.messages() == 0) return "Nothing was said: there are no messages.";
  const bool is_narrowed = !context.rows.sessions().empty() || !context.rows.filter_text().empty();
  std::uint64_t messages = 0;
  std::uint64_t encrypted = 0;
  for (std::size_t i = 0; i < retold.rows().size(); ++i) {
    const Row& row = store.row(retold.rows()[i]);
    if (row.kind != RecordKind::Message) continue;
    ++messages;
    if (row.is_encrypted) ++encrypted;
  }
  if (messages == 0) return "Nothing was said: no message is in what is looked at.";
  if (encrypted == messages) {
    return fmt::format("Nothing can be read: {} encrypted, and no key opens {}. {} adds a key log.",
                       messages == 1 ? "the only message is" : fmt::format("all {} messages are", messages),
                       messages == 1 ? "it" : "them", key_text(Command::AddKeyLog));
  }
  std::string text = fmt::format("Nobody said anything in {}", counted(messages, "message"));
  if (encrypted > 0)
    text += fmt::format(" ({} of them encrypted: {} adds a key log)", encrypted, key_text(Command::AddKeyLog));
  return text + (is_narrowed ? " that are looked at." : ".");
}

void draw_day(const ViewContext& context, Timestamp time, float left, float right) {
  const std::string day = full_time_text(time).substr(0, kDayLength) + " UTC";
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float width = ImGui::CalcTextSize(day.c_str()).x;
  const float gap = ImGui::GetFontSize();
  const float middle = corner.y + ImGui::GetTextLineHeight() / 2;
  const float from = left + (right - left - width) / 2;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImU32 color = ImGui::GetColorU32(palette().line);
  list.AddLine({left + gap, middle}, {from - gap, middle}, color);
  list.AddLine({from + width + gap, middle}, {right - gap, middle}, color);
  ImGui::SetCursorScreenPos({from, corner.y});
  elided_text(context.fonts, day, palette().faint, {}, width + 2);
}

}  // namespace

void TranscriptView::draw_room(const ViewContext& context, ViewState& state, std::size_t number, float width) {
  TranscriptLayout& layout = context.retold.layout();
  const TranscriptLines& lines = context.retold.transcript();
  const bool is_all = number == 0;
  const auto room = is_all ? TranscriptLayout::kAllRooms : static_cast<std::uint32_t>(number - 1);
  const std::uint64_t count_of = is_all ? lines.size() : lines.rooms()[room].lines;
  const std::string count = std::to_string(count_of);
  const float count_width = ImGui::CalcTextSize(count.c_str()).x;
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  ImGui::PushID(static_cast<int>(number));
  if (ImGui::Selectable("##room", layout.room() == room, ImGuiSelectableFlags_AllowItemOverlap,
                        {width, line_height()})) {
    layout.choose_room(room);
    state.focus = Pane::Messages;
  }
  ImGui::PopID();
  const float inset = ImGui::GetFontSize() / 2;
  ImGui::SetCursorScreenPos({corner.x + inset, corner.y + 1});
  const float room_for_name = width - count_width - 3 * inset;
  if (is_all) {
    elided_text(context.fonts, "All rooms", palette().text, {}, room_for_name);
  } else if (const ChatRoom& chat = lines.rooms()[room]; chat.name.empty()) {
    elided_text(context.fonts, "in no room", palette().faint, {}, room_for_name);
  } else {
    const std::string_view protocol = chat.protocol == nullptr ? "" : chat.protocol->name;
    elided_text(context.fonts, chat.name, color_of_protocol(protocol), {}, room_for_name);
  }
  ImGui::SetCursorScreenPos({corner.x + width - count_width - inset, corner.y + 1});
  elided_text(context.fonts, count, palette().faint, {}, count_width + 2);
}

void TranscriptView::draw_rooms(const ViewContext& context, ViewState& state) {
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const ImVec2 area = ImGui::GetContentRegionAvail();
  const std::size_t count = context.retold.transcript().rooms().size() + 1;
  const auto page = static_cast<double>(area.y / line_height());
  const float bar =
      draw_row_scroll("rooms", rooms_, count, page, corner.x, corner.y, corner.x + area.x, corner.y + area.y);
  const auto begin = static_cast<std::size_t>(rooms_.first);
  const std::size_t end = std::min(count, begin + static_cast<std::size_t>(page) + 2);
  for (std::size_t number = begin; number < end; ++number) {
    ImGui::SetCursorScreenPos({corner.x, corner.y + static_cast<float>(number - begin) * line_height()});
    draw_room(context, state, number, area.x - bar);
  }
}

void TranscriptView::select(const ViewContext& context, ViewState& state, std::size_t line) {
  cursor_ = line;
  state.selected = context.retold.transcript()[line].row;
}

void TranscriptView::draw_part(const ViewContext& context, ViewState& state, const TranscriptLayout::Place& place,
                               const Columns& columns) {
  const TranscriptLines& lines = context.retold.transcript();
  const ChatLine& line = lines[place.line];
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const bool is_selected = state.selected == line.row;
  if (ImGui::Selectable("##line", is_selected,
                        ImGuiSelectableFlags_AllowItemOverlap | ImGuiSelectableFlags_AllowDoubleClick,
                        {columns.end, line_height()})) {
    select(context, state, place.line);
    state.focus = Pane::Messages;
    if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
      state.view = MainView::Messages;
      state.must_show_view = state.must_show_selected = true;
    }
  }
  const auto put = [&](float left, float right, std::string_view text, const ImVec4& color,
                       std::string_view tooltip = {}) {
    ImGui::SetCursorScreenPos({corner.x + left, corner.y + 1});
    elided_text(context.fonts, text, color, tooltip, right - left);
  };
  if (place.part == 0) {
    const float gap = ImGui::GetFontSize() / 2;
    put(gap, columns.room, clock_text(line.time).substr(0, kClockLength), palette().faint, full_time_text(line.time));
    if (columns.author > columns.room)
      put(columns.room, columns.author - gap, lines.rooms()[line.room].name, palette().faint);
    ImGui::PushFont(context.fonts.bold());
    put(columns.author, columns.text - gap, lines.author(line), color_of_name(lines.author(line)));
    ImGui::PopFont();
  }
  const std::string_view text = lines.text(line);
  if (parts_of_ != place.line) context.retold.layout().wrap(text, parts_);
  parts_of_ = place.line;
  if (place.part >= parts_.size()) return;
  const auto [begin, end] = parts_[place.part];
  // What was wrapped is not cut.
  put(columns.text, columns.end + ImGui::GetFontSize(), text.substr(begin, end - begin),
      line.is_trouble ? palette().warning
      : line.is_quiet ? palette().faint
                      : palette().text);
}

// Where the list is to be: at what was asked for, else where it was before it was laid out anew.
void TranscriptView::scroll(const ViewContext& context, ViewState& state) {
  const TranscriptLines& lines = context.retold.transcript();
  const TranscriptLayout& layout = context.retold.layout();
  if (std::exchange(version_, layout.version()) != layout.version()) must_keep_top_ = top_ > 0;
  if (state.is_tail_followed && layout.size() != previous_size_) lines_.first = static_cast<double>(layout.size());
  previous_size_ = layout.size();
  if (std::exchange(state.must_show_selected, false)) must_show_ = state.selected.has_value();
  const bool is_complete = layout.is_complete(lines);
  const bool is_laid_out = is_complete || (layout.shown() > 0 && layout.line(layout.shown() - 1) > top_);
  if (must_keep_top_ && is_laid_out) {
    const std::size_t place = layout.place_of(top_);
    if (place != SIZE_MAX && layout.at(place).shown > 0) lines_.first = static_cast<double>(place);
    must_keep_top_ = false;
  }
  if (!must_show_ || !is_complete || !state.selected) return;
  must_show_ = false;
  const bool is_chosen = cursor_ < lines.size() && lines[cursor_].row == *state.selected;
  const std::size_t line = is_chosen ? cursor_ : lines.line_near(*state.selected);
  const std::size_t place = line == SIZE_MAX ? SIZE_MAX : layout.place_of(line);
  if (place == SIZE_MAX) return;
  // All of it, and where that is too long its beginning.
  std::size_t last = place;
  while (last + 1 < layout.size() && layout.at(last + 1).part == last + 1 - place) ++last;
  lines_.show(last, page_);
  lines_.show(place, page_);
}

void TranscriptView::draw_lines(const ViewContext& context, ViewState& state) {
  const ImVec2 area = ImGui::GetContentRegionAvail();
  TranscriptLayout& layout = context.retold.layout();
  const float em = ImGui::GetFontSize();
  Columns columns;
  columns.room = em / 2 + ImGui::CalcTextSize("00:00:00").x + em;
  const bool is_all = layout.room() == TranscriptLayout::kAllRooms;
  columns.author = columns.room + (is_all && context.retold.transcript().rooms().size() > 1 ? em * 7 : 0);
  columns.text = columns.author + em * 8;
  columns.end = area.x - ImGui::GetStyle().ScrollbarSize;
  layout.set_width(character_widths(), columns.end - columns.text - em / 2);
  if (context.retold.transcript().said() > 0) {
    silence_of_ = {};
    silence_.clear();
  } else if (const auto of = std::pair(context.retold.rows().version(), is_all_told(context));
             silence_of_ != of || context.retold.transcript().size() == 0) {
    silence_ = silence_text(context);
    silence_of_ = of;
  }
  if (!silence_.empty()) {
    ImGui::SetCursorPos({em / 2, em / 4});
    elided_text(context.fonts, silence_, palette().warning);
    ImGui::SetCursorPosX(0);
  }
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float height = std::max(1.0f, ImGui::GetContentRegionAvail().y);
  const auto page = static_cast<double>(height / line_height());
  page_ = static_cast<std::size_t>(std::max(1.0, std::floor(page)));
  scroll(context, state);
  draw_row_scroll("lines", lines_, layout.size(), page, corner.x, corner.y, corner.x + area.x, corner.y + height);
  if (lines_.was_moved) state.is_tail_followed = false;
  const auto begin = static_cast<std::size_t>(lines_.first);
  const std::size_t end = std::min(layout.size(), begin + page_ + 2);
  parts_of_ = SIZE_MAX;
  for (std::size_t at = begin; at < end; ++at) {
    const TranscriptLayout::Place place = layout.at(at);
    if (at == begin && !must_keep_top_) top_ = place.line;
    ImGui::SetCursorScreenPos({corner.x, corner.y + static_cast<float>(at - begin) * line_height()});
    ImGui::PushID(static_cast<int>(at));
    if (place.is_day) {
      draw_day(context, context.retold.transcript()[place.line].time, corner.x, corner.x + columns.end);
    } else {
      draw_part(context, state, place, columns);
    }
    ImGui::PopID();
  }
}

void TranscriptView::draw(const ViewContext& context, ViewState& state) {
  constexpr auto kFlags = ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
  const ImVec2 area = ImGui::GetContentRegionAvail();
  float width = rooms_width_ * context.scale;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
  ImGui::BeginChild("rooms", {width, area.y}, false, kFlags);
  draw_rooms(context, state);
  ImGui::EndChild();
  ImGui::SameLine();
  splitter("rooms|lines", true, area.y, width, 60 * context.scale, area.x / 2);
  rooms_width_ = width / context.scale;
  ImGui::SameLine();
  ImGui::BeginChild("lines", {0, area.y}, false, kFlags);
  draw_lines(context, state);
  ImGui::EndChild();
  ImGui::PopStyleVar();
}

void TranscriptView::move(const ViewContext& context, ViewState& state, std::ptrdiff_t by) {
  const TranscriptLines& lines = context.retold.transcript();
  const TranscriptLayout& layout = context.retold.layout();
  if (layout.shown() == 0) return;
  std::size_t at = SIZE_MAX;
  if (state.selected) {
    const bool is_chosen = cursor_ < lines.size() && lines[cursor_].row == *state.selected;
    const std::size_t line = is_chosen ? cursor_ : lines.line_near(*state.selected);
    const std::size_t place = line == SIZE_MAX ? SIZE_MAX : layout.place_of(line);
    if (place != SIZE_MAX) at = layout.at(place).shown;
  }
  const auto last = static_cast<std::ptrdiff_t>(layout.shown()) - 1;
  // Where nothing is selected, the first step is to what is at the top.
  std::ptrdiff_t to = static_cast<std::ptrdiff_t>(at) + by;
  if (at == SIZE_MAX) {
    const auto top = static_cast<std::size_t>(lines_.first);
    to = by > last || top >= layout.size() ? last : by < -last ? 0 : static_cast<std::ptrdiff_t>(layout.at(top).shown);
  }
  select(context, state, layout.line(static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(to, 0, last))));
  state.must_show_selected = true;
  state.is_tail_followed = false;
}

void TranscriptView::move_page(const ViewContext& context, ViewState& state, int pages) {
  move(context, state, pages * static_cast<std::ptrdiff_t>(page_));
}

void TranscriptView::next_room(const ViewContext& context, bool is_forward) {
  TranscriptLayout& layout = context.retold.layout();
  const auto count = static_cast<std::ptrdiff_t>(context.retold.transcript().rooms().size());
  const std::ptrdiff_t at =
      layout.room() == TranscriptLayout::kAllRooms ? 0 : static_cast<std::ptrdiff_t>(layout.room()) + 1;
  const std::ptrdiff_t to = std::clamp<std::ptrdiff_t>(at + (is_forward ? 1 : -1), 0, count);
  layout.choose_room(to == 0 ? TranscriptLayout::kAllRooms : static_cast<std::uint32_t>(to - 1));
  rooms_.show(static_cast<std::size_t>(to), 1);
}

}  // namespace overhear
