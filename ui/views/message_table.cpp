#include "ui/views/message_table.hpp"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "base/amount_text.hpp"
#include "dissectors/registry.hpp"
#include "session/text/message_text.hpp"
#include "session/text/printable_text.hpp"
#include "ui/model/time_text.hpp"
#include "ui/views/row_colors.hpp"
#include "ui/views/row_moves.hpp"
#include "ui/widgets/elided_text.hpp"

namespace overhear {
namespace {

namespace column {
enum : int { kNumber, kTime, kParties, kUser, kRoom, kProtocol, kType, kSummary, kLatency, kSize, kFindings, kCount };
}

struct ColumnStyle {
  const char* name;
  float width;  // in characters; 0: what is left
  RowOrder order;
};
constexpr std::array<ColumnStyle, column::kCount> kStyles = {{{"No.", 6, RowOrder::Session},
                                                              {"Time", 9.5f, RowOrder::Time},
                                                              {"From → to", 14, RowOrder::Told},
                                                              {"User", 6.5f, RowOrder::User},
                                                              {"Room", 6, RowOrder::Room},
                                                              {"Protocol", 8, RowOrder::Protocol},
                                                              {"Type", 17, RowOrder::Type},
                                                              {"Summary", 0, RowOrder::Told},
                                                              {"Latency", 8, RowOrder::Latency},
                                                              {"Size", 5, RowOrder::Size},
                                                              {"!", 3.5f, RowOrder::Findings}}};

constexpr ImGuiTableFlags kTableFlags = ImGuiTableFlags_Resizable | ImGuiTableFlags_Reorderable |
                                        ImGuiTableFlags_Hideable | ImGuiTableFlags_Sortable |
                                        ImGuiTableFlags_SortTristate | ImGuiTableFlags_BordersInnerV |
                                        ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_NoPadOuterX;

void set_up_columns() {
  const float character = ImGui::CalcTextSize("0").x;
  for (std::size_t number = 0; number < kStyles.size(); ++number) {
    const ColumnStyle& style = kStyles[number];
    ImGuiTableColumnFlags flags =
        style.width == 0 ? ImGuiTableColumnFlags_WidthStretch : ImGuiTableColumnFlags_WidthFixed;
    // Others stand in no order that could be told from a row.
    if (style.order == RowOrder::Told) flags |= ImGuiTableColumnFlags_NoSort;
    ImGui::TableSetupColumn(style.name, flags, style.width == 0 ? 1.0f : style.width * character,
                            static_cast<ImGuiID>(number));
  }
  ImGui::TableSetupScrollFreeze(0, 1);
  ImGui::TableHeadersRow();
}

void right_aligned(const ViewContext& context, const std::string& text, const ImVec4& color) {
  const float room = ImGui::GetContentRegionAvail().x - ImGui::CalcTextSize(text.c_str()).x;
  if (room > 0) ImGui::SetCursorPosX(ImGui::GetCursorPosX() + room);
  elided_text(context.fonts, text, color);
}

// Nothing: the pane's own. Every other line is striped.
std::optional<ImVec4> line_back(const Row& row, const Mark* mark, std::size_t place) {
  const auto own = back_of(row, mark);
  return own || place % 2 == 0 ? own : std::optional(palette().stripe);
}

}  // namespace

std::string MessageTable::time_text(const ViewContext& context, const ViewState& state, std::size_t place) {
  const RecordStore& store = context.document.store();
  const Row& row = store.row(context.rows[place]);
  if (!row.has_time) return {};
  switch (state.habits.time_format) {
    case TimeFormat::Absolute: return clock_text(row.time);
    case TimeFormat::SincePrevious:
      return place == 0 ? seconds_text(0) : seconds_text(row.time - store.row(context.rows[place - 1]).time);
    case TimeFormat::SinceShown: return seconds_text(row.time - store.row(context.rows[0]).time);
    case TimeFormat::SinceFirst: break;
  }
  return seconds_text(row.time - state.time_reference.value_or(store.first_message()));
}

void MessageTable::draw_row(const ViewContext& context, ViewState& state, std::size_t place) {
  const RecordStore& store = context.document.store();
  const std::size_t index = context.rows[place];
  const Row& row = store.row(index);
  const RowText& text = context.texts.of(store, index, state.show_secrets);
  const bool is_selected = state.selected == index;
  const Mark* const mark = context.marks.find(row);
  const std::string_view protocol = row.protocol == Row::kNoProtocol ? "" : all_protocols()[row.protocol]->name;
  const ImVec4 plain = row.kind == RecordKind::Message ? palette().text : palette().faint;
  ImGui::TableNextRow();
  if (const auto back = is_selected ? std::optional(palette().selection) : line_back(row, mark, place); back) {
    ImGui::TableSetBgColor(ImGuiTableBgTarget_RowBg0, ImGui::GetColorU32(*back));
  }
  ImGui::PushID(static_cast<int>(place));
  ImGui::TableSetColumnIndex(column::kNumber);
  const ImVec2 begin = ImGui::GetCursorPos();
  if (ImGui::Selectable("##row", is_selected,
                        ImGuiSelectableFlags_SpanAllColumns | ImGuiSelectableFlags_AllowItemOverlap)) {
    state.selected = index;
    state.focus = Pane::Messages;
  }
  ImGui::SetCursorPos(begin);
  elided_text(context.fonts, text.name, palette().faint);
  if (ImGui::TableSetColumnIndex(column::kTime)) {
    elided_text(context.fonts, time_text(context, state, place), palette().faint,
                row.has_time ? full_time_text(row.time) : "");
  }
  if (ImGui::TableSetColumnIndex(column::kParties))
    elided_text(context.fonts, text.parties, plain, ends_text(store, row));
  if (ImGui::TableSetColumnIndex(column::kUser)) elided_text(context.fonts, text.user, plain);
  if (ImGui::TableSetColumnIndex(column::kRoom)) elided_text(context.fonts, text.room, plain);
  if (ImGui::TableSetColumnIndex(column::kProtocol)) elided_text(context.fonts, protocol, color_of_protocol(protocol));
  if (ImGui::TableSetColumnIndex(column::kType)) {
    elided_text(context.fonts, text.type,
                row.kind == RecordKind::Message   ? color_of_protocol(protocol)
                : row.kind == RecordKind::Finding ? color_of(row.severity)
                                                  : palette().faint);
  }
  if (ImGui::TableSetColumnIndex(column::kSummary)) {
    const bool has_note = mark != nullptr && !mark->note.empty();
    std::string noted;
    if (has_note) append_printable(noted, "✎ " + mark->note + "  ");
    elided_text(context.fonts, noted + text.summary, has_note ? palette().accent : plain);
  }
  if (ImGui::TableSetColumnIndex(column::kLatency) && row.is_answer) {
    right_aligned(context, duration_text(row.latency_ns), palette().faint);
  }
  if (ImGui::TableSetColumnIndex(column::kSize) && row.size > 0)
    right_aligned(context, std::to_string(row.size), palette().faint);
  if (ImGui::TableSetColumnIndex(column::kFindings)) elided_text(context.fonts, text.findings, color_of(row.severity));
  ImGui::PopID();
}

void MessageTable::draw_rows(const ViewContext& context, ViewState& state, std::size_t begin, std::size_t end) {
  for (std::size_t place = begin; place < end; ++place) draw_row(context, state, place);
}

void MessageTable::take_sort(ViewState& state) const {
  ImGuiTableSortSpecs* const specs = ImGui::TableGetSortSpecs();
  if (specs == nullptr || !specs->SpecsDirty) return;
  specs->SpecsDirty = false;
  state.order = specs->SpecsCount == 0 ? RowOrder::Told : kStyles[specs->Specs[0].ColumnUserID].order;
  state.is_descending = specs->SpecsCount > 0 && specs->Specs[0].SortDirection == ImGuiSortDirection_Descending;
  state.must_show_selected = true;
}

void MessageTable::draw(const ViewContext& context, ViewState& state) {
  const ImVec2 area = ImGui::GetContentRegionAvail();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float row_height = ImGui::GetTextLineHeight() + 2 * ImGui::GetStyle().CellPadding.y;
  const float head_height = row_height + 1;
  const float rows_height = std::max(0.0f, area.y - head_height);
  const double page = static_cast<double>(rows_height / row_height);
  page_ = static_cast<std::size_t>(std::max(1.0, std::floor(page)));
  const std::size_t count = context.rows.size();
  if (state.is_tail_followed && count != previous_size_) scroll_.first = static_cast<double>(count);
  previous_size_ = count;
  if (state.must_show_selected && state.selected) {
    const std::size_t place = context.rows.place_of(*state.selected);
    if (place != SIZE_MAX) scroll_.show(place, page_);
  }
  state.must_show_selected = false;
  const float bar = draw_row_scroll("messages", scroll_, count, page, corner.x, corner.y + head_height,
                                    corner.x + area.x, corner.y + area.y);
  if (scroll_.was_moved) state.is_tail_followed = false;
  ImGui::SetCursorScreenPos(corner);
  ImGui::PushClipRect(corner, {corner.x + area.x - bar, corner.y + area.y}, true);
  if (ImGui::BeginTable("messages", column::kCount, kTableFlags, {area.x - bar, 0})) {
    set_up_columns();
    take_sort(state);
    const auto begin = static_cast<std::size_t>(scroll_.first);
    draw_rows(context, state, begin, std::min(count, begin + page_ + 2));
    ImGui::EndTable();
  }
  ImGui::PopClipRect();
}

void MessageTable::move(const ViewContext& context, ViewState& state, std::ptrdiff_t by) {
  move_selection(context, state, by, static_cast<std::size_t>(scroll_.first));
}

void MessageTable::move_page(const ViewContext& context, ViewState& state, int pages) {
  move(context, state, pages * static_cast<std::ptrdiff_t>(page_));
}

}  // namespace overhear
