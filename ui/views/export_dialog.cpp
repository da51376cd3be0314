#include "ui/views/export_dialog.hpp"

#include <imgui.h>
#include <imgui_stdlib.h>

#include <array>
#include <filesystem>
#include <utility>

#include "ui/frame_text.hpp"

namespace overhear {
namespace {

namespace fs = std::filesystem;

struct Choice {
  ExportKind kind;
  const char* name;
  const char* ending;
  const char* meaning;
};
constexpr std::array<Choice, 5> kChoices = {
    {{ExportKind::Ndjson, "NDJSON", ".ndjson", "a record a line"},
     {ExportKind::Json, "JSON", ".json", "one document"},
     {ExportKind::Csv, "CSV", ".csv", "a table"},
     {ExportKind::Packets, "pcapng", ".pcapng", "the packets of their sessions"},
     {ExportKind::Picture, "PNG", ".png", "the view as a picture"}}};

const Choice& kind_of(ExportKind kind) {
  return kChoices[static_cast<std::size_t>(kind)];
}

}  // namespace

void ExportDialog::open(const ViewContext& context, ViewState& state) {
  state.has_export = wants_focus_ = true;
  will_replace_ = false;
  trouble_.clear();
  const LoadRequest& request = context.document.request();
  const bool is_file = !request.captures.empty() && !request.source;
  const fs::path base = is_file ? fs::path(request.captures.front()) : fs::current_path() / "capture";
  if (wish_.path.empty()) wish_.path = (base.parent_path() / base.stem()).string() + "-export.ndjson";
  choose(wish_.kind);
}

void ExportDialog::choose(ExportKind kind) {
  wish_.kind = kind;
  wish_.path = fs::path(wish_.path).replace_extension(kind_of(kind).ending).string();
  will_replace_ = false;
  trouble_.clear();
}

std::string ExportDialog::trouble_with(const ViewContext& context) const {
  const LoadRequest& request = context.document.request();
  if (wish_.path.empty()) return "Where to? Give a file's name.";
  std::error_code ignored;
  for (const auto& paths : {request.captures, request.key_logs}) {
    for (const std::string& path : paths) {
      if (fs::equivalent(path, wish_.path, ignored)) return "That is what is read: it would be lost.";
    }
  }
  if (fs::is_directory(wish_.path, ignored)) return "That is a folder.";
  if (wish_.kind == ExportKind::Packets && request.source && !request.source->is_over()) {
    return "The capture goes on: stop it first (Cancel).";
  }
  return {};
}

void ExportDialog::accept(const ViewContext& context, ViewState& state) {
  trouble_ = trouble_with(context);
  if (!trouble_.empty()) return;
  std::error_code ignored;
  if (fs::exists(wish_.path, ignored) && !std::exchange(will_replace_, true)) {
    trouble_ = "It is there already: once more to replace it.";
    return;
  }
  state.wishes.exported = wish_;
  state.has_export = false;
}

void ExportDialog::draw(const ViewContext& context, ViewState& state) {
  if (!state.has_export) return;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float em = ImGui::GetFontSize();
  ImGui::SetNextWindowPos({screen.x / 2, screen.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
  ImGui::SetNextWindowSize({std::min(screen.x - 20, 40 * em), 0});
  if (wants_focus_) ImGui::SetNextWindowFocus();
  const WindowScope window("Export", &state.has_export,
                           ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoResize |
                               ImGuiWindowFlags_NoSavedSettings);
  const bool has_selected = state.selected && context.document.store().row(*state.selected).kind == RecordKind::Message;
  if (!has_selected) wish_.is_selected_only = false;
  ImGui::TextDisabled("What");
  if (ImGui::RadioButton("what is shown", !wish_.is_selected_only)) wish_.is_selected_only = false;
  ImGui::SameLine();
  ImGui::TextDisabled("(%zu)", context.rows.size());
  ImGui::SameLine();
  ImGui::BeginDisabled(!has_selected);
  if (ImGui::RadioButton("the selected message", wish_.is_selected_only)) wish_.is_selected_only = true;
  ImGui::EndDisabled();
  ImGui::Dummy({0, 4});
  ImGui::TextDisabled("As");
  for (const Choice& kind : kChoices) {
    if (ImGui::RadioButton(kind.name, wish_.kind == kind.kind)) choose(kind.kind);
    ImGui::SameLine(9 * em);
    ImGui::TextDisabled("%s", kind.meaning);
  }
  if (wish_.kind == ExportKind::Packets && !context.document.request().key_logs.empty()) {
    ImGui::Checkbox("with the keys that open them", &wish_.with_keys);
  }
  ImGui::Dummy({0, 4});
  ImGui::TextDisabled("To");
  if (std::exchange(wants_focus_, false)) ImGui::SetKeyboardFocusHere();
  ImGui::SetNextItemWidth(-1);
  context.fonts.see(wish_.path);
  if (ImGui::InputText("##path", &wish_.path)) will_replace_ = false;
  if (!trouble_.empty()) ImGui::TextColored(palette().error, "%s", trouble_.c_str());
  ImGui::Dummy({0, 4});
  if (ImGui::Button(will_replace_ ? "Replace" : "Export", {8 * em, 0})) accept(context, state);
}

}  // namespace overhear
