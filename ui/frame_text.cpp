#include "ui/frame_text.hpp"

#include <imgui_internal.h>

#include <utility>

namespace overhear {
namespace {

bool is_wanted = false;
std::string said;
int depth = 0;  // of windows

void pause() {
  ImGuiContext& context = *ImGui::GetCurrentContext();
  if (!is_wanted || !context.LogEnabled) return;
  said += context.LogBuffer.c_str();
  said += '\n';
  ImGui::LogFinish();
}

}  // namespace

void want_frame_text() {
  is_wanted = true;
  said.clear();
}

std::string take_frame_text() {
  is_wanted = false;
  return std::exchange(said, {});
}

void resume_frame_text() {
  if (is_wanted && !ImGui::GetCurrentContext()->LogEnabled) ImGui::LogToBuffer();
}

WindowScope::WindowScope(const char* name, bool* is_open, int flags) {
  pause();
  ImGui::Begin(name, is_open, flags);
  ++depth;
  resume_frame_text();
}

WindowScope::~WindowScope() {
  pause();
  ImGui::End();
  if (--depth > 0) resume_frame_text();
}

TooltipScope::TooltipScope() {
  pause();
  ImGui::BeginTooltip();
  resume_frame_text();
}

TooltipScope::~TooltipScope() {
  pause();
  ImGui::EndTooltip();
  resume_frame_text();
}

}  // namespace overhear
