#include "ui/views/filter_bar.hpp"

#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include <algorithm>

#include "session/filter/filter.hpp"
#include "session/text/printable_text.hpp"
#include "ui/frame_text.hpp"
#include "ui/widgets/elided_text.hpp"

namespace overhear {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{250};  // behind the last letter
constexpr std::size_t kShownCandidates = 12;
constexpr std::size_t kMostHistory = 20;

void to_front(std::vector<std::string>& list, const std::string& text) {
  std::erase(list, text);
  list.insert(list.begin(), text);
  if (list.size() > kMostHistory) list.resize(kMostHistory);
}

std::string error_text(const FilterError& error) {
  std::string text;
  append_printable(text, error.text);
  if (error.meant.empty()) return text;
  text += "; did you mean ";
  append_printable(text, error.meant);
  return text + "?";
}

}  // namespace

int FilterBar::on_edit(ImGuiInputTextCallbackData* data) {
  static_cast<FilterBar*>(data->UserData)->take_edit(*data);
  return 0;
}

void FilterBar::put_in(ImGuiInputTextCallbackData& data, const std::string& text) {
  const auto begin =
      static_cast<int>(std::min<std::size_t>(completion_.begin, static_cast<std::size_t>(data.CursorPos)));
  data.DeleteChars(begin, data.CursorPos - begin);
  data.InsertChars(begin, text.c_str());
}

// Through the candidates; where there are none, through what was applied before.
void FilterBar::step(ImGuiInputTextCallbackData& data, int by) {
  const std::size_t count = completion_.candidates.size();
  if (count > 0) {
    if (has_chosen_) chosen_ = (chosen_ + (by < 0 ? count - 1 : 1)) % count;
    has_chosen_ = true;
    return;
  }
  if (history_ == nullptr || history_->empty()) return;
  const std::size_t last = history_->size();
  history_at_ = by < 0 ? std::min(history_at_ + 1, last) : history_at_ - std::min<std::size_t>(history_at_, 1);
  data.DeleteChars(0, data.BufTextLen);
  if (history_at_ > 0) data.InsertChars(0, (*history_)[history_at_ - 1].c_str());
}

void FilterBar::take_edit(ImGuiInputTextCallbackData& data) {
  const bool has_candidates = !completion_.candidates.empty();
  if (data.EventFlag == ImGuiInputTextFlags_CallbackCompletion && has_candidates) {
    put_in(data, completion_.candidates[chosen_].text);
  } else if (data.EventFlag == ImGuiInputTextFlags_CallbackHistory) {
    step(data, data.EventKey == ImGuiKey_UpArrow ? -1 : 1);
  } else if (wanted_) {
    put_in(data, *wanted_);
    wanted_.reset();
  }
  cursor_ = static_cast<std::size_t>(data.CursorPos);
}

void FilterBar::check() {
  error_.reset();
  if (const auto filter = Filter::compile(typed_); !filter) error_ = filter.error();
}

void FilterBar::apply(ViewState& state) {
  if (error_ || state.filter == typed_) return;
  state.filter = applied_ = typed_;
}

void FilterBar::accept(ViewState& state) {
  if (has_chosen_ && chosen_ < completion_.candidates.size()) {
    wanted_ = completion_.candidates[chosen_].text;
    return;
  }
  apply(state);
  if (!error_ && !typed_.empty()) to_front(state.habits.filters_used, typed_);
}

// Under the part that is wrong.
void FilterBar::draw_error_mark(float left, float right, float bottom) const {
  const auto width_to = [&](std::size_t bytes) {
    return ImGui::CalcTextSize(typed_.data(), typed_.data() + std::min(bytes, typed_.size())).x;
  };
  const float from = std::min(left + width_to(error_->begin), right - 8);
  const float to = std::clamp(left + width_to(error_->end), from + ImGui::GetFontSize() / 2, right);
  ImGui::GetWindowDrawList()->AddRectFilled({from, bottom - 3}, {to, bottom - 1}, ImGui::GetColorU32(palette().error));
}

void FilterBar::draw_field(const ViewContext& context, ViewState& state, float width) {
  history_ = &state.habits.filters_used;
  store_ = &context.document.store();
  if (std::exchange(wants_focus_, false)) ImGui::SetKeyboardFocusHere();
  ImGui::SetNextItemWidth(width);
  const ImVec4 plain = ImGui::GetStyleColorVec4(ImGuiCol_FrameBg);
  ImGui::PushStyleColor(ImGuiCol_FrameBg, error_            ? palette().error_back
                                          : !typed_.empty() ? palette().valid_back
                                                            : plain);
  context.fonts.see(typed_);
  const auto flags =
      ImGuiInputTextFlags_CallbackAlways | ImGuiInputTextFlags_CallbackCompletion | ImGuiInputTextFlags_CallbackHistory;
  const std::string before = typed_;
  ImGui::InputTextWithHint("##filter", "Filter, as user == alice && latency > 200ms   (Ctrl+/)", &typed_, flags,
                           on_edit, this);
  ImGui::PopStyleColor();
  const bool was_active = std::exchange(is_active_, ImGui::IsItemActive());
  if (is_active_) state.focus = Pane::Filter;
  if (was_active && !is_active_ && state.focus == Pane::Filter) state.focus = Pane::Messages;
  if (typed_ != before) {
    check();
    chosen_ = 0;
    has_chosen_ = false;
    edited_at_ = steady_clock::now();
  }
  const ImVec2 from = ImGui::GetItemRectMin();
  const ImVec2 to = ImGui::GetItemRectMax();
  if (error_) draw_error_mark(from.x + ImGui::GetStyle().FramePadding.x, to.x, to.y);
  completion_ = is_active_ ? complete_filter(typed_, std::min(cursor_, typed_.size()), *store_) : FilterCompletion();
  if (!completion_.candidates.empty() || error_) draw_help(context, from.x, to.y);
}

// Under the field, above whatever stands there: what is wrong, and what could stand at the cursor.
void FilterBar::draw_help(const ViewContext& context, float left, float top) {
  const float em = ImGui::GetFontSize();
  ImGui::SetNextWindowPos({left, top + 2});
  ImGui::SetNextWindowSize({42 * em, 0});
  const WindowScope window("filter help", nullptr,
                           ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                               ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_Tooltip |
                               ImGuiWindowFlags_AlwaysAutoResize);
  if (error_) elided_text(context.fonts, error_text(*error_), palette().error);
  draw_candidates(context);
}

void FilterBar::draw_candidates(const ViewContext& context) {
  const float em = ImGui::GetFontSize();
  const std::size_t shown = std::min(completion_.candidates.size(), kShownCandidates);
  const std::size_t begin = chosen_ < shown ? 0 : chosen_ - shown + 1;
  for (std::size_t i = begin; i < begin + shown; ++i) {
    const FilterCandidate& candidate = completion_.candidates[i];
    ImGui::PushID(static_cast<int>(i));
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    ImGui::Selectable("##candidate", has_chosen_ && i == chosen_, ImGuiSelectableFlags_AllowItemOverlap);
    // The field would lose the keyboard before a click is over.
    if (ImGui::IsItemHovered() && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) wanted_ = candidate.text;
    ImGui::SetCursorScreenPos(corner);
    std::string text;
    append_printable(text, candidate.text);
    elided_text(context.fonts, text, palette().text, {}, 15 * em);
    ImGui::SetCursorScreenPos({corner.x + 16 * em, corner.y});
    elided_text(context.fonts, candidate.meaning, palette().faint, {}, 25 * em);
    ImGui::PopID();
  }
  const std::size_t left_out = completion_.candidates.size() - shown;
  if (left_out > 0) ImGui::TextDisabled("%zu more", left_out);
}

// Those that are kept, and those that were used.
void FilterBar::draw_known(ViewState& state) {
  if (!ImGui::BeginPopup("known")) return;
  auto& saved = state.habits.filters_saved;
  const bool is_saved = std::ranges::find(saved, typed_) != saved.end();
  if (!typed_.empty() &&
      ImGui::MenuItem(is_saved ? "Forget this filter" : "Keep this filter", nullptr, false, !error_)) {
    if (is_saved) {
      std::erase(saved, typed_);
    } else {
      saved.push_back(typed_);
    }
  }
  const auto list = [&](const char* title, const std::vector<std::string>& filters) {
    if (filters.empty()) return;
    ImGui::Separator();
    ImGui::TextDisabled("%s", title);
    for (const std::string& filter : filters) {
      std::string text;
      append_printable(text, filter);
      if (ImGui::MenuItem(text.c_str())) state.filter = filter;
    }
  };
  list("Kept", saved);
  list("Used", state.habits.filters_used);
  if (saved.empty() && state.habits.filters_used.empty())
    ImGui::TextDisabled("Filters that are used or kept stand here.");
  ImGui::EndPopup();
}

void FilterBar::draw(const ViewContext& context, ViewState& state) {
  if (state.filter != applied_) {  // changed elsewhere
    typed_ = applied_ = state.filter;
    cursor_ = typed_.size();
    check();
  }
  const float em = ImGui::GetFontSize();
  if (ImGui::Button("▾")) ImGui::OpenPopup("known");
  draw_known(state);
  ImGui::SameLine(0, 4);
  const float clear = 4.5f * em;
  draw_field(context, state, std::max(60.0f, ImGui::GetContentRegionAvail().x - clear - 8));
  ImGui::SameLine(0, 4);
  if (ImGui::Button("Clear", {clear, 0})) {
    typed_.clear();
    check();
    apply(state);
  }
  if (typed_ != state.filter && steady_clock::now() - edited_at_ > kPause) apply(state);
}

}  // namespace overhear
