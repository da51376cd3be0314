#include "ui/views/findings_view.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "session/text/finding_text.hpp"
#include "session/text/message_text.hpp"
#include "session/text/printable_text.hpp"
#include "ui/model/time_text.hpp"
#include "ui/widgets/elided_text.hpp"
#include "ui/widgets/fold_arrow.hpp"

namespace overhear {
namespace {

float line_height() {
  return ImGui::GetTextLineHeight() + 3;
}

// Where columns begin, in ems: of codes, and of the times under them.
constexpr float kCodeColumn = 8;

float text_column(float width) {
  const float em = ImGui::GetFontSize();
  return em * kCodeColumn + std::clamp(width * 0.25f, em * 7, em * 15);
}

// Of what narrows to a code, at the right edge.
float only_width() {
  return ImGui::CalcTextSize("only").x + 3 * ImGui::GetStyle().FramePadding.x;
}

// With separators, as six and more digits want them: "686,252".
std::string count_text(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

const Finding* finding_of(const RecordStore& store, const FindingGroup::Occurrence& at) {
  if (store.row(at.row).kind == RecordKind::Finding) return store.finding(at.row).finding;
  const Message& message = store.message(at.row, false);
  const std::size_t own = message.findings.size();
  if (at.number < own) return &message.findings[at.number];
  return at.number - own < message.action_findings.size() ? &message.action_findings[at.number - own] : nullptr;
}

// "3.12", "3", "packet 17"; of the capture: nothing.
std::string place_text(const RecordStore& store, std::size_t index) {
  const Row& row = store.row(index);
  if (row.session != 0) {
    return row.number == 0 ? fmt::format("session {}", row.session) : fmt::format("{}.{}", row.session, row.number);
  }
  const std::uint64_t packet = row.kind == RecordKind::Finding ? store.finding(index).packet : 0;
  return packet == 0 ? "capture" : fmt::format("packet {}", packet);
}

// What an occurrence stands for in the list of messages.
std::size_t row_to_show(const RecordStore& store, std::size_t index) {
  const Row& row = store.row(index);
  if (row.kind == RecordKind::Message || row.number == 0) return index;
  const std::size_t message = store.find({row.session, row.number});
  return message == SIZE_MAX ? index : message;
}

void put(const ViewContext& context, const ImVec2& corner, float left, float right, std::string_view text,
         const ImVec4& color, std::string_view tooltip = {}) {
  if (right - left < ImGui::GetFontSize()) return;
  ImGui::SetCursorScreenPos({corner.x + left, corner.y + 1});
  elided_text(context.fonts, text, color, tooltip, right - left);
}

}  // namespace

void FindingsView::choose(const ViewContext& context, ViewState& state, std::size_t line) {
  const RecordStore& store = context.document.store();
  line_ = line;
  const FindingIndex::Line chosen = context.retold.findings().line(line);
  if (chosen.group == nullptr || chosen.occurrence == SIZE_MAX) return;
  state.selected = row_to_show(store, chosen.group->occurrences[chosen.occurrence].row);
}

void FindingsView::draw_head(const ViewContext& context) {
  FindingIndex& findings = context.retold.findings();
  const float em = ImGui::GetFontSize();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  ImGui::SetCursorScreenPos({corner.x + em / 2, corner.y});
  for (const Severity severity : {Severity::Error, Severity::Warning, Severity::Note}) {
    const bool is_shown = findings.is_shown(severity);
    const std::string_view name = severity == Severity::Error     ? "Errors"
                                  : severity == Severity::Warning ? "Warnings"
                                                                  : "Notes";
    const std::string label =
        fmt::format("{} {} {}###{}", mark_of(severity), name, count_text(findings.count(severity)), name);
    ImVec4 back = color_of(severity);
    back.w = is_shown ? 0.22f : 0.0f;
    ImGui::PushStyleColor(ImGuiCol_Button, back);
    ImGui::PushStyleColor(ImGuiCol_Text, is_shown ? color_of(severity) : palette().faint);
    ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, 1);
    if (ImGui::Button(label.c_str())) findings.show(severity, !is_shown);
    ImGui::PopStyleVar();
    ImGui::PopStyleColor(2);
    ImGui::SameLine();
  }
  if (!findings.code().empty()) {
    const std::string label = fmt::format("only {}  ×###only", findings.code());
    if (ImGui::Button(label.c_str())) findings.choose_code({});
    ImGui::SameLine();
  }
  ImGui::NewLine();
}

void FindingsView::draw_group(const ViewContext& context, const FindingGroup& group, float width) {
  const float em = ImGui::GetFontSize();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const ImVec4 color = color_of(group.rule->severity);
  draw_fold_arrow({corner.x + em / 4, corner.y + 2}, group.is_open);
  put(context, corner, em * 1.5f, em * 2.6f, mark_of(group.rule->severity), color);
  const std::string count = count_text(group.occurrences.size());
  const float count_right = em * 7.2f;
  put(context, corner, std::max(em * 2.6f, count_right - ImGui::CalcTextSize(count.c_str()).x), count_right + em, count,
      palette().text);
  const float text_left = text_column(width);
  const float citation = std::min(em * 17, width * 0.25f) + only_width();
  put(context, corner, em * kCodeColumn, text_left - em / 2, group.rule->code, color);
  put(context, corner, text_left, width - citation - em / 2, group.rule->text, palette().text);
  put(context, corner, width - citation, width - only_width(), group.citation, palette().faint);
}

void FindingsView::draw_occurrence(const ViewContext& context, ViewState& state, const FindingGroup& group,
                                   std::size_t number, float width) {
  const RecordStore& store = context.document.store();
  const float em = ImGui::GetFontSize();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const FindingGroup::Occurrence& at = group.occurrences[number];
  const Row& row = store.row(at.row);
  const float time_left = em * kCodeColumn;
  const float parties_left = time_left + em * 6;
  const float text_left = text_column(width);
  put(context, corner, em * 2.6f, time_left - em / 2, place_text(store, at.row), palette().faint);
  if (row.has_time) {
    const std::int64_t since = row.time - state.time_reference.value_or(store.first_message());
    const std::string time =
        state.habits.time_format == TimeFormat::Absolute ? clock_text(row.time) : seconds_text(since);
    put(context, corner, time_left, parties_left - em / 2, time, palette().faint, full_time_text(row.time));
  }
  const std::string parties = row.session == 0 ? "" : context.texts.of(store, at.row, state.show_secrets).parties;
  put(context, corner, parties_left, text_left - em / 2, parties, palette().text, ends_text(store, row));
  std::string text;
  if (const Finding* const finding = finding_of(store, at)) {
    append_printable(text, placed_text(finding->field, finding->message()));
    if (finding->count > 1) text += fmt::format(" ({} times)", finding->count);
  }
  put(context, corner, text_left, width - em / 2, text, palette().text);
}

void FindingsView::draw_line(const ViewContext& context, ViewState& state, std::size_t number, float width) {
  FindingIndex& findings = context.retold.findings();
  const FindingIndex::Line line = findings.line(number);
  const bool is_group = line.occurrence == SIZE_MAX;
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  ImGui::PushID(static_cast<int>(number));
  if (ImGui::Selectable("##finding", number == line_,
                        ImGuiSelectableFlags_AllowItemOverlap | ImGuiSelectableFlags_AllowDoubleClick,
                        {width, line_height()})) {
    state.focus = Pane::Messages;
    const bool is_double = ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left);
    choose(context, state, number);
    if (is_group) findings.fold(number, !line.group->is_open);
    if (!is_group && is_double) accept(context, state);
  }
  // The line that the mouse or the keys are at offers to show its code alone.
  const bool is_at_hand = ImGui::IsMouseHoveringRect(corner, {corner.x + width, corner.y + line_height()});
  if (is_group && findings.code().empty() && (is_at_hand || number == line_)) {
    ImGui::SetCursorScreenPos({corner.x + width - only_width(), corner.y + 1});
    if (ImGui::SmallButton("only")) findings.choose_code(line.group->rule->code);
  }
  ImGui::PopID();
  ImGui::SetCursorScreenPos(corner);
  if (is_group) {
    draw_group(context, *line.group, width);
  } else {
    draw_occurrence(context, state, *line.group, line.occurrence, width);
  }
}

void FindingsView::draw(const ViewContext& context, ViewState& state) {
  FindingIndex& findings = context.retold.findings();
  draw_head(context);
  if (std::exchange(state.must_show_selected, false) && state.selected) {
    const std::size_t line = findings.line_of_row(*state.selected);
    if (line != SIZE_MAX) line_ = line;
    scroll_.show(std::min(line_, std::max<std::size_t>(findings.lines(), 1) - 1), page_);
  }
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const ImVec2 area = ImGui::GetContentRegionAvail();
  const float height = std::max(1.0f, area.y);
  const auto page = static_cast<double>(height / line_height());
  page_ = static_cast<std::size_t>(std::max(1.0, std::floor(page)));
  const std::size_t before = findings.lines();
  if (before == 0) {
    const bool is_looking = context.document.is_loading() ||
                            !context.retold.is_complete(Retelling::Findings, context.document.store(), true);
    ImGui::SetCursorScreenPos({corner.x + ImGui::GetFontSize() / 2, corner.y});
    elided_text(context.fonts,
                findings.count() > 0 ? "Nothing of what is chosen above was found."
                : is_looking         ? "Nothing was found so far."
                                     : "Nothing was found.",
                palette().faint);
    return;
  }
  const float bar =
      draw_row_scroll("findings", scroll_, before, page, corner.x, corner.y, corner.x + area.x, corner.y + height);
  ImGui::PushClipRect(corner, {corner.x + area.x, corner.y + height}, true);
  const auto begin = static_cast<std::size_t>(scroll_.first);
  // A line that is clicked may close others.
  for (std::size_t line = begin; line < std::min(findings.lines(), begin + page_ + 2); ++line) {
    ImGui::SetCursorScreenPos({corner.x, corner.y + static_cast<float>(line - begin) * line_height()});
    draw_line(context, state, line, area.x - bar);
  }
  ImGui::PopClipRect();
}

void FindingsView::move(const ViewContext& context, ViewState& state, std::ptrdiff_t by) {
  const auto count = static_cast<std::ptrdiff_t>(context.retold.findings().lines());
  if (count == 0) return;
  const std::ptrdiff_t to = std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(line_) + by, 0, count - 1);
  choose(context, state, static_cast<std::size_t>(to));
  scroll_.show(line_, page_);
}

void FindingsView::move_page(const ViewContext& context, ViewState& state, int pages) {
  move(context, state, pages * static_cast<std::ptrdiff_t>(page_));
}

void FindingsView::fold(const ViewContext& context, bool is_open) {
  if (line_ < context.retold.findings().lines()) line_ = context.retold.findings().fold(line_, is_open);
}

void FindingsView::accept(const ViewContext& context, ViewState& state) {
  FindingIndex& findings = context.retold.findings();
  const FindingIndex::Line line = findings.line(line_);
  if (line.group == nullptr) return;
  if (line.occurrence == SIZE_MAX) {
    findings.fold(line_, !line.group->is_open);
    return;
  }
  choose(context, state, line_);
  // What is no message is in the list only with events.
  if (context.document.store().row(*state.selected).kind != RecordKind::Message) state.habits.with_events = true;
  state.view = MainView::Messages;
  state.must_show_view = state.must_show_selected = true;
}

}  // namespace overhear
