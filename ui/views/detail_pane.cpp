#include "ui/views/detail_pane.hpp"

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "session/table/secrets.hpp"
#include "ui/widgets/elided_text.hpp"
#include "ui/widgets/fold_arrow.hpp"
#include "ui/widgets/splitter.hpp"

namespace overhear {
namespace {

constexpr float kInset = 8;

ImVec4 color_of_value(const FieldLine& line) {
  switch (line.kind) {
    case JsonKind::String: return color_of_protocol("mcp");
    case JsonKind::Integer:
    case JsonKind::Decimal: return color_of_protocol("gradagenda");
    case JsonKind::Object:
    case JsonKind::Array: return palette().faint;
    default: return color_of_protocol("chatmaster");
  }
}

}  // namespace

void DetailPane::look_at(const ViewContext& context, const ViewState& state) {
  const std::size_t row = state.selected.value_or(SIZE_MAX);
  const bool is_same =
      generation_ == context.document.generation() && row_ == row && showed_secrets_ == state.show_secrets;
  if (is_same) return;
  generation_ = context.document.generation();
  row_ = row;
  showed_secrets_ = state.show_secrets;
  detail_ = {};
  tree_.clear();
  fetch_.reset();
  wire_lines_.clear();
  wire_scroll_ = {};
  chosen_ = SIZE_MAX;
  tree_scroll_ = {};
  json_scroll_ = {};
  hex_ = {};
  note_.clear();
  has_note_field_ = false;
  if (row == SIZE_MAX) return;
  const RecordStore& store = context.document.store();
  if (const Mark* const mark = context.marks.find(store.row(row)); mark != nullptr) note_ = mark->note;
  has_note_field_ = !note_.empty();
  if (store.row(row).kind == RecordKind::Message) {
    const Message& message = store.message(row);
    detail_ = detail_of(message, showed_secrets_);
    return tree_.look_at(message, showed_secrets_);
  }
  const RowText& text = context.texts.of(store, row, showed_secrets_);
  detail_.head = fmt::format("{}  {}", text.name, text.type);
  detail_.facts = text.summary;
}

void DetailPane::draw_head(const ViewContext& context) {
  ImGui::PushFont(context.fonts.bold());
  elided_text(context.fonts, detail_.head, palette().text);
  ImGui::PopFont();
  elided_text(context.fonts, detail_.facts, palette().faint);
  if (!detail_.content.empty()) {
    elided_text(context.fonts, "decrypted: " + detail_.content, palette().text);
  }
}

// There where something is noted, or is to be.
void DetailPane::draw_note(const ViewContext& context, ViewState& state) {
  if (wants_note_) has_note_field_ = true;
  if (!has_note_field_) return;
  if (std::exchange(wants_note_, false)) ImGui::SetKeyboardFocusHere();
  context.fonts.see(note_);
  ImGui::SetNextItemWidth(std::max(100.0f, ImGui::GetContentRegionAvail().x - 8));
  ImGui::PushID(static_cast<int>(row_));  // the field of another message is another one
  // Taken at each letter: who goes on to another message has not said that the note is done.
  if (ImGui::InputTextWithHint("##note", "Note about this message, kept beside the capture", &note_)) {
    context.marks.note(context.document.store().row(row_), note_);
  }
  ImGui::PopID();
  if (ImGui::IsItemActive()) state.focus = Pane::Note;
  if (ImGui::IsItemDeactivated()) {
    has_note_field_ = !note_.empty();
    if (state.focus == Pane::Note) state.focus = Pane::Messages;
  }
}

void DetailPane::draw_findings(const ViewContext& context) {
  constexpr std::size_t kMost = 4;
  for (std::size_t i = 0; i < std::min(detail_.findings.size(), kMost); ++i) {
    ImGui::SetCursorPosX(kInset);
    elided_text(context.fonts, detail_.findings[i].text, color_of(detail_.findings[i].severity));
  }
  ImGui::SetCursorPosX(kInset);
  if (detail_.findings.size() > kMost)
    ImGui::TextDisabled("and %zu more, at their fields", detail_.findings.size() - kMost);
}

void DetailPane::choose(std::size_t line) {
  chosen_ = line;
  if (line >= tree_.lines().size()) return;
  tree_scroll_.show(line, tree_page_);
  hex_.show(tree_.lines()[line].begin);
}

void DetailPane::draw_line(const ViewContext& context, ViewState& state, std::size_t number, float width) {
  const FieldLine line = tree_.lines()[number];
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float height = ImGui::GetTextLineHeight() + 3;
  const float em = ImGui::GetFontSize();
  const float indent = em * static_cast<float>(line.depth) + 4;
  ImGui::PushID(static_cast<int>(number));
  if (ImGui::Selectable("##field", number == chosen_, ImGuiSelectableFlags_AllowItemOverlap, {width, height})) {
    const bool is_arrow = line.has_children && ImGui::GetIO().MousePos.x < corner.x + indent + em;
    state.focus = Pane::Details;
    is_arrow ? tree_.toggle(number) : choose(number);
  }
  ImGui::PopID();
  const auto worst =
      std::ranges::max_element(line.findings, {}, [&](std::uint32_t f) { return detail_.findings[f].severity; });
  const bool has_finding = worst != line.findings.end();
  if (line.has_children) draw_fold_arrow({corner.x + indent, corner.y + 2}, line.is_open);
  const float name_left = corner.x + indent + em;
  const float value_left = corner.x + width * 0.3f;
  const float meaning_left = corner.x + width * 0.64f;
  ImGui::SetCursorScreenPos({name_left, corner.y + 1});
  elided_text(context.fonts, line.name, has_finding ? color_of(detail_.findings[*worst].severity) : palette().accent,
              tree_.pointer(number), std::max(20.0f, value_left - name_left - 6));
  ImGui::SetCursorScreenPos({std::max(value_left, name_left + 26), corner.y + 1});
  elided_text(context.fonts, line.value, color_of_value(line), {}, meaning_left - value_left - 8);
  ImGui::SetCursorScreenPos({meaning_left, corner.y + 1});
  if (has_finding) {
    const FindingText& finding = detail_.findings[*worst];
    elided_text(context.fonts, finding.text, color_of(finding.severity), {}, corner.x + width - meaning_left - 4);
  } else {
    elided_text(context.fonts, line.meaning, palette().faint, {}, corner.x + width - meaning_left - 4);
  }
}

void DetailPane::draw_tree(const ViewContext& context, ViewState& state) {
  draw_findings(context);
  const ImVec2 area = ImGui::GetContentRegionAvail();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float height = ImGui::GetTextLineHeight() + 3;
  const auto page = static_cast<double>(std::max(area.y, 1.0f) / height);
  tree_page_ = static_cast<std::size_t>(std::max(1.0, std::floor(page)));
  const float bar = draw_row_scroll("fields", tree_scroll_, tree_.lines().size(), page, corner.x, corner.y,
                                    corner.x + area.x, corner.y + area.y);
  const auto begin = static_cast<std::size_t>(tree_scroll_.first);
  ImGui::PushClipRect(corner, {corner.x + area.x, corner.y + area.y}, true);
  for (std::size_t line = begin; line < std::min(tree_.lines().size(), begin + tree_page_ + 2); ++line) {
    ImGui::SetCursorScreenPos({corner.x, corner.y + static_cast<float>(line - begin) * height});
    draw_line(context, state, line, area.x - bar);
  }
  ImGui::PopClipRect();
}

void DetailPane::draw_json(const ViewContext& context) {
  draw_lines(context, detail_.json_lines, json_scroll_);
}

void DetailPane::draw_lines(const ViewContext& context, const std::vector<std::string>& lines, RowScroll& scroll) {
  ImGui::PushFont(context.fonts.mono());
  const ImVec2 area = ImGui::GetContentRegionAvail();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float height = ImGui::GetTextLineHeight() + 1;
  const auto page = static_cast<double>(std::max(area.y, 1.0f) / height);
  const float bar =
      draw_row_scroll("lines", scroll, lines.size(), page, corner.x, corner.y, corner.x + area.x, corner.y + area.y);
  const auto begin = static_cast<std::size_t>(scroll.first);
  const std::size_t end = std::min(lines.size(), begin + static_cast<std::size_t>(page) + 1);
  for (std::size_t line = begin; line < end; ++line) {
    ImGui::SetCursorScreenPos({corner.x + 4, corner.y + static_cast<float>(line - begin) * height});
    elided_text(context.fonts, lines[line], palette().text, {}, area.x - bar - 8);
  }
  ImGui::PopFont();
}

// What carried it, as it stood on the wire: read from the captures when somebody looks.
void DetailPane::draw_wire(const ViewContext& context) {
  if (wire_lines_.empty() && !fetch_) {
    fetch_.emplace(context.document.request().captures, detail_.packets, context.document.store().limits());
  }
  if (fetch_) {
    if (const auto fetched = fetch_->poll()) {
      fetch_.reset();
      wire_lines_ = *fetched ? packet_lines(**fetched) : std::vector<std::string>{(*fetched).error().message};
      if (wire_lines_.empty()) wire_lines_ = {"The captures have no such packets any more."};
    }
  }
  if (fetch_) return ImGui::TextDisabled("reading the captures…");
  draw_lines(context, wire_lines_, wire_scroll_);
}

void DetailPane::draw_bytes(const ViewContext& context, ViewState& state) {
  ByteRange marked{0, 0};
  if (chosen_ < tree_.lines().size()) marked = {tree_.lines()[chosen_].begin, tree_.lines()[chosen_].end};
  if (const auto clicked = hex_.draw(context.fonts, detail_.body, marked, tree_.secrets())) {
    chosen_ = tree_.line_at(static_cast<std::uint32_t>(*clicked));
    if (chosen_ < tree_.lines().size()) tree_scroll_.show(chosen_, tree_page_);
    state.focus = Pane::Details;
  }
}

void DetailPane::draw(const ViewContext& context, ViewState& state) {
  look_at(context, state);
  ImGui::SetCursorPos({kInset, 4});
  ImGui::BeginGroup();
  if (row_ == SIZE_MAX) {
    ImGui::TextDisabled("Select a message to see its fields.");
    return ImGui::EndGroup();
  }
  draw_head(context);
  draw_note(context, state);
  ImGui::EndGroup();
  const ImVec2 area = ImGui::GetContentRegionAvail();
  float width = area.x * tree_share_;
  constexpr auto kFlags = ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
  ImGui::BeginChild("tree", {width, 0}, false, kFlags);
  if (tree_.lines().empty()) {
    draw_findings(context);
    ImGui::SetCursorPosX(kInset);
    if (!detail_.body.empty()) ImGui::TextDisabled("No JSON: the bytes stand to the right.");
  } else {
    draw_tree(context, state);
  }
  ImGui::EndChild();
  ImGui::SameLine(0, 0);
  splitter("tree|bytes", true, area.y, width, 120, area.x - 120);
  tree_share_ = width / area.x;
  ImGui::SameLine(0, 0);
  ImGui::BeginChild("bytes", {0, 0}, false, kFlags);
  if (ImGui::BeginTabBar("bytes")) {
    if (ImGui::BeginTabItem("Hex")) {
      draw_bytes(context, state);
      ImGui::EndTabItem();
    }
    if (!detail_.json_lines.empty() && ImGui::BeginTabItem("JSON")) {
      draw_json(context);
      ImGui::EndTabItem();
    }
    if (!detail_.packets.empty() && ImGui::BeginTabItem("Wire")) {
      draw_wire(context);
      ImGui::EndTabItem();
    }
    ImGui::EndTabBar();
  }
  ImGui::EndChild();
}

void DetailPane::move(std::ptrdiff_t by) {
  const auto count = static_cast<std::ptrdiff_t>(tree_.lines().size());
  if (count == 0) return;
  const std::ptrdiff_t at = chosen_ >= tree_.lines().size() ? (by > 0 ? -1 : 0) : static_cast<std::ptrdiff_t>(chosen_);
  choose(static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at + by, 0, count - 1)));
}

void DetailPane::fold(bool is_open) {
  if (chosen_ < tree_.lines().size() && tree_.lines()[chosen_].is_open != is_open) tree_.toggle(chosen_);
}

std::string DetailPane::json_text() const {
  if (chosen_ < tree_.lines().size()) {
    const FieldLine& line = tree_.lines()[chosen_];
    return masked_part(detail_.body, {line.value_begin, line.end}, tree_.secrets());
  }
  std::string text;
  for (const std::string& line : detail_.json_lines) text += line + "\n";
  return detail_.json_lines.empty() ? detail_.body : text;
}

std::string DetailPane::hex_text() const {
  return hex_dump(detail_.body, tree_.secrets());
}

}  // namespace overhear
