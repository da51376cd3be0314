#include "ui/window.hpp"

#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <fmt/format.h>
#include <imgui.h>

#include <cstring>
#include <utility>

namespace overhear {
namespace {

// ImGui settles what one input changes within so many frames.
constexpr int kFramesAfterInput = 2;

std::string& last_error() {
  static std::string text;
  return text;
}

void on_error(int, const char* description) {
  if (last_error().empty()) last_error() = description;  // the first one is the cause
}

Window& window_of(GLFWwindow* window) {
  return *static_cast<Window*>(glfwGetWindowUserPointer(window));
}

Error no_window(std::string_view what) {
  const std::string why = last_error().empty() ? "" : fmt::format(" ({})", last_error());
  return {ErrorKind::Environment,
          fmt::format("cannot open a window: {}{}; the viewer needs a graphical session with OpenGL 3", what, why)};
}

}  // namespace

std::expected<std::unique_ptr<Window>, Error> Window::open(int width, int height) {
  last_error().clear();
  glfwSetErrorCallback(on_error);
  if (glfwInit() == GLFW_FALSE) return std::unexpected(no_window("there is no display"));
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 0);
  glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
  glfwWindowHintString(GLFW_X11_CLASS_NAME, "overhear");
  glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "overhear");
  GLFWwindow* const window = glfwCreateWindow(width, height, "overhear", nullptr, nullptr);
  if (window == nullptr) {
    Error error = no_window("the display has no OpenGL 3");
    glfwTerminate();
    return std::unexpected(std::move(error));
  }
  glfwMakeContextCurrent(window);
  glfwSwapInterval(1);
  return std::unique_ptr<Window>(new Window(window));
}

Window::Window(GLFWwindow* window) : window_(window) {
  glfwSetWindowUserPointer(window_, this);
  // Whatever is done to the window is input; what wakes it otherwise is news, for which one frame will do.
  glfwSetCursorPosCallback(window_, [](GLFWwindow* of, double, double) { window_of(of).had_input_ = true; });
  glfwSetCursorEnterCallback(window_, [](GLFWwindow* of, int) { window_of(of).had_input_ = true; });
  glfwSetMouseButtonCallback(window_, [](GLFWwindow* of, int, int, int) { window_of(of).had_input_ = true; });
  glfwSetScrollCallback(window_, [](GLFWwindow* of, double, double) { window_of(of).had_input_ = true; });
  glfwSetCharCallback(window_, [](GLFWwindow* of, unsigned) { window_of(of).had_input_ = true; });
  glfwSetWindowFocusCallback(window_, [](GLFWwindow* of, int) { window_of(of).had_input_ = true; });
  glfwSetWindowRefreshCallback(window_, [](GLFWwindow* of) { window_of(of).had_input_ = true; });
  glfwSetFramebufferSizeCallback(window_, [](GLFWwindow* of, int, int) { window_of(of).had_input_ = true; });
  glfwSetKeyCallback(window_, [](GLFWwindow* of, int key, int, int action, int modifiers) {
    window_of(of).had_input_ = true;
    constexpr int kWanted = GLFW_MOD_SHIFT | GLFW_MOD_CONTROL | GLFW_MOD_ALT;
    if (action != GLFW_RELEASE) window_of(of).keys_.push_back({key, modifiers & kWanted});
  });
  glfwSetDropCallback(window_, [](GLFWwindow* of, int count, const char** paths) {
    window_of(of).had_input_ = true;
    window_of(of).dropped_.insert(window_of(of).dropped_.end(), paths, paths + count);
  });
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGui_ImplGlfw_InitForOpenGL(window_, true);  // calls what was set before, too
  ImGui_ImplOpenGL3_Init("#version 130");
  keep_drawing();
}

Window::~Window() {
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext();
  glfwDestroyWindow(window_);
  glfwTerminate();
}

void Window::keep_drawing() {
  frames_due_ = kFramesAfterInput;
}

void Window::wake() {
  glfwPostEmptyEvent();
}

void Window::wait(double seconds) {
  if (frames_due_ > 0) {
    --frames_due_;
    glfwPollEvents();
  } else if (seconds < 0) {
    glfwWaitEvents();
  } else {
    glfwWaitEventsTimeout(seconds);
  }
  if (std::exchange(had_input_, false)) keep_drawing();
}

void Window::begin_frame() {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImGui::NewFrame();
}

void Window::end_frame(Pixels* picture) {
  ImGui::Render();
  int width = 0;
  int height = 0;
  glfwGetFramebufferSize(window_, &width, &height);
  glViewport(0, 0, width, height);
  const ImVec4 back = ImGui::GetStyleColorVec4(ImGuiCol_WindowBg);
  glClearColor(back.x, back.y, back.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  if (picture != nullptr) *picture = pixels();
  glfwSwapBuffers(window_);
}

void Window::renew_fonts() {
  ImGui_ImplOpenGL3_DestroyFontsTexture();
  ImGui_ImplOpenGL3_CreateFontsTexture();
}

bool Window::should_close() const {
  return glfwWindowShouldClose(window_) != GLFW_FALSE;
}

void Window::refuse_close() {
  glfwSetWindowShouldClose(window_, GLFW_FALSE);
}

void Window::set_title(const std::string& title) {
  glfwSetWindowTitle(window_, title.c_str());
}

float Window::scale() const {
  float x = 1;
  float y = 1;
  glfwGetWindowContentScale(window_, &x, &y);
  return x;
}

void Window::size(int& width, int& height) const {
  glfwGetWindowSize(window_, &width, &height);
}

Pixels Window::pixels() const {
  Pixels pixels;
  glfwGetFramebufferSize(window_, &pixels.width, &pixels.height);
  const std::size_t line = static_cast<std::size_t>(pixels.width) * 3;
  std::vector<std::uint8_t> upside_down(line * static_cast<std::size_t>(pixels.height));
  glReadBuffer(GL_BACK);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, pixels.width, pixels.height, GL_RGB, GL_UNSIGNED_BYTE, upside_down.data());
  for (std::size_t row = static_cast<std::size_t>(pixels.height); row-- > 0;) {
    const auto* const from = upside_down.data() + row * line;
    pixels.rgb.insert(pixels.rgb.end(), from, from + line);
  }
  return pixels;
}

}  // namespace overhear
