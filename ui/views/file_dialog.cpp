#include "ui/views/file_dialog.hpp"

#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "session/text/printable_text.hpp"
#include "ui/amounts.hpp"
#include "ui/frame_text.hpp"
#include "ui/widgets/elided_text.hpp"

namespace overhear {
namespace {

namespace fs = std::filesystem;

bool is_capture_name(const fs::path& path) {
  const std::string ending = path.extension().string();
  return ending == ".pcap" || ending == ".pcapng" || ending == ".cap" || ending == ".ntar";
}

const char* title_of(FilePurpose purpose) {
  switch (purpose) {
    case FilePurpose::OpenCapture: return "Open a capture";
    case FilePurpose::AddCapture: return "Add a capture, merged by time";
    case FilePurpose::AddKeyLog: return "Add a key log";
  }
  return "";
}

}  // namespace

std::vector<FolderEntry> list_folder(const std::string& folder, bool only_captures, std::string& error) {
  std::vector<FolderEntry> entries;
  std::error_code failed;
  error.clear();
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    std::error_code ignored;
    FolderEntry entry{.name = at->path().filename().string(), .is_folder = at->is_directory(ignored)};
    if (entry.name.starts_with('.')) continue;
    if (!entry.is_folder && only_captures && !is_capture_name(at->path())) continue;
    if (!entry.is_folder) entry.size = at->file_size(ignored);
    entries.push_back(std::move(entry));
  }
  if (failed) error = failed.message();
  std::ranges::sort(entries, [](const FolderEntry& a, const FolderEntry& b) {
    return a.is_folder != b.is_folder ? a.is_folder : a.name < b.name;
  });
  return entries;
}

void FileDialog::go_to(const std::string& folder) {
  std::error_code ignored;
  folder_ = fs::weakly_canonical(folder, ignored).string();
  is_listed_ = false;
  chosen_ = 0;
  typed_.clear();
  scroll_ = {};
}

void FileDialog::to_parent() {
  go_to(fs::path(folder_).parent_path().string());
}

void FileDialog::move(std::ptrdiff_t by) {
  if (entries_.empty()) return;
  const auto last = static_cast<std::ptrdiff_t>(entries_.size()) - 1;
  chosen_ = static_cast<std::size_t>(std::clamp(static_cast<std::ptrdiff_t>(chosen_) + by, std::ptrdiff_t{0}, last));
  scroll_.show(chosen_, page_);
}

void FileDialog::choose(std::size_t entry) {
  const fs::path path = fs::path(folder_) / entries_[entry].name;
  if (entries_[entry].is_folder) {
    go_to(path.string());
  } else {
    result_ = path.string();
  }
}

void FileDialog::accept() {
  if (!typed_.empty()) {
    const fs::path path = fs::path(folder_) / typed_;
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      go_to(path.string());
    } else {
      result_ = path.string();
    }
  } else if (chosen_ < entries_.size()) {
    choose(chosen_);
  }
}

void FileDialog::draw_entries(const ViewContext& context) {
  const ImVec2 area = ImGui::GetContentRegionAvail();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float height = ImGui::GetTextLineHeight() + 4;
  const auto page = static_cast<double>(area.y / height);
  page_ = static_cast<std::size_t>(std::max(1.0, std::floor(page)));
  const float bar = draw_row_scroll("entries", scroll_, entries_.size(), page, corner.x, corner.y, corner.x + area.x,
                                    corner.y + area.y);
  const auto begin = static_cast<std::size_t>(scroll_.first);
  const std::size_t end = std::min(entries_.size(), begin + page_ + 1);
  std::size_t opened = SIZE_MAX;
  for (std::size_t number = begin; number < end; ++number) {
    const FolderEntry& entry = entries_[number];
    const float top = corner.y + static_cast<float>(number - begin) * height;
    ImGui::SetCursorScreenPos({corner.x, top});
    ImGui::PushID(static_cast<int>(number));
    const auto flags = ImGuiSelectableFlags_AllowDoubleClick | ImGuiSelectableFlags_AllowItemOverlap;
    if (ImGui::Selectable("##entry", number == chosen_, flags, {area.x - bar, height})) {
      chosen_ = number;
      typed_.clear();
      if (entry.is_folder || ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) opened = number;
    }
    ImGui::PopID();
    std::string name;
    append_printable(name, entry.name);
    if (entry.is_folder) name += '/';
    const std::string size = entry.is_folder ? std::string() : bytes_text(entry.size);
    const float size_width = ImGui::CalcTextSize(size.c_str()).x;
    ImGui::SetCursorScreenPos({corner.x + 6, top + 2});
    elided_text(context.fonts, name, entry.is_folder ? palette().accent : palette().text, {},
                area.x - bar - size_width - 24);
    ImGui::GetWindowDrawList()->AddText({corner.x + area.x - bar - size_width - 6, top + 2},
                                        ImGui::GetColorU32(palette().faint), size.c_str());
  }
  if (opened != SIZE_MAX) choose(opened);
}

FileDialog::Result FileDialog::draw(const ViewContext& context, FilePurpose purpose) {
  if (!was_open_) {
    result_.clear();
    only_captures_ = purpose != FilePurpose::AddKeyLog;
    const LoadRequest& open = context.document.request();
    const bool is_file = !open.captures.empty() && !open.source;
    if (folder_.empty()) go_to(is_file ? fs::absolute(open.captures[0]).parent_path().string() : ".");
    is_listed_ = false;
  }
  if (!is_listed_) {
    entries_ = list_folder(folder_, only_captures_, error_);
    is_listed_ = true;
  }
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float em = ImGui::GetFontSize();
  ImGui::SetNextWindowPos({screen.x / 2, screen.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
  ImGui::SetNextWindowSize({std::min(screen.x - 20, 46 * em), std::min(screen.y - 20, 32 * em)});
  bool is_open = true;
  const auto flags = ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoResize |
                     ImGuiWindowFlags_NoSavedSettings;
  if (!was_open_) ImGui::SetNextWindowFocus();
  {
    const WindowScope window(title_of(purpose), &is_open, flags);
    if (ImGui::Button("↑ Parent")) to_parent();
    ImGui::SameLine();
    if (purpose != FilePurpose::AddKeyLog && ImGui::Checkbox("Captures only", &only_captures_)) is_listed_ = false;
    if (purpose != FilePurpose::AddKeyLog) ImGui::SameLine();
    std::string folder;
    append_printable(folder, folder_);
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + ImGui::GetStyle().FramePadding.y);
    elided_text(context.fonts, folder, palette().faint);
    const float foot = ImGui::GetFrameHeightWithSpacing() + 4;
    ImGui::BeginChild("entries", {0, -foot});
    if (!error_.empty()) ImGui::TextColored(palette().error, "%s", error_.c_str());
    if (error_.empty() && entries_.empty()) {
      ImGui::TextDisabled("%s", only_captures_ ? "No captures here." : "Nothing here.");
    }
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
    draw_entries(context);
    ImGui::PopStyleVar();
    ImGui::EndChild();
    if (!was_open_) ImGui::SetKeyboardFocusHere();
    const float button = 6 * em;
    ImGui::SetNextItemWidth(-(button + ImGui::GetStyle().ItemSpacing.x));
    ImGui::InputTextWithHint("##path", "Name or path", &typed_);
    ImGui::SameLine();
    if (ImGui::Button(purpose == FilePurpose::OpenCapture ? "Open" : "Add", {button, 0})) accept();
  }
  was_open_ = is_open && result_.empty();
  return {.is_over = !was_open_, .path = std::exchange(result_, {})};
}

}  // namespace overhear
