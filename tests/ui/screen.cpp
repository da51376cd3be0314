#include "tests/ui/screen.hpp"

#include <imgui.h>

#include <thread>

#include "ui/frame_text.hpp"

namespace overhear::testing {
namespace {

constexpr std::chrono::seconds kPatience{20};

}  // namespace

Screen::Screen(Habits habits) {
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.DisplaySize = {1280, 800};
  io.DeltaTime = 1.0f / 60;
  apply_theme(habits.theme, 1);
  fonts_ = std::make_unique<Fonts>();
  app_ = std::make_unique<App>(*fonts_, std::move(habits), [] {});
}

Screen::~Screen() {
  app_.reset();
  fonts_.reset();
  ImGui::DestroyContext();
}

void Screen::frame() {
  fonts_->update();
  ImGui::NewFrame();
  app_->frame(1);
  ImGui::Render();
}

std::string Screen::text() {
  want_frame_text();
  frame();
  return take_frame_text();
}

bool Screen::wait_for(const std::function<bool()>& is_so) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end) return false;
    frame();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

bool Screen::settle() {
  frame();
  const bool is_quiet = wait_for([this] { return !app_->is_loading() && !app_->is_busy(); });
  for (int i = 0; i < 3; ++i) frame();
  return is_quiet;
}

void Screen::press(int key, int modifiers) {
  app_->press({key, modifiers});
  frame();
  frame();
}

void Screen::type(std::string_view text) {
  ImGui::GetIO().AddInputCharactersUTF8(std::string(text).c_str());
  frame();
  frame();
}

void Screen::move_mouse(float x, float y) {
  ImGui::GetIO().MousePos = {x, y};
  frame();
}

void Screen::click(float x, float y) {
  move_mouse(x, y);
  ImGui::GetIO().MouseDown[0] = true;
  frame();
  ImGui::GetIO().MouseDown[0] = false;
  frame();
  frame();
}

void Screen::wheel(float notches) {
  ImGui::GetIO().MouseWheel = notches;
  frame();
  ImGui::GetIO().MouseWheel = 0;
  frame();
}

void Screen::resize(float width, float height) {
  ImGui::GetIO().DisplaySize = {width, height};
  frame();
}

std::string sample(const std::string& name) {
  return std::string(OVERHEAR_SAMPLES) + "/" + name;
}

}  // namespace overhear::testing
