// A window with OpenGL 3 in it, by GLFW, with ImGui's frames drawn into it. One at a time, of the main thread. Waits
// for input between frames, so that a window that nobody touches takes no time.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"

struct GLFWwindow;

namespace overhear {

// As GLFW names it: GLFW_KEY_..., GLFW_MOD_...
struct KeyPress {
  int key = 0;
  int modifiers = 0;
};

struct Pixels {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;  // rows from the top
};

class Window {
 public:
  // An Error (ErrorKind::Environment) says why there is no display, or what it lacks.
  static std::expected<std::unique_ptr<Window>, Error> open(int width, int height);
  ~Window();
  Window(const Window&) = delete;

  // Until something happens, wake() is called, or so many seconds are over (less than 0: however long that takes).
  void wait(double seconds);
  // The next frames come without waiting: something is under way.
  void keep_drawing();
  // May be called by any thread.
  static void wake();

  void begin_frame();
  // Draws what ImGui was told since begin_frame(), also into `picture` where there is one.
  void end_frame(Pixels* picture = nullptr);
  // The font atlas was built anew.
  void renew_fonts();

  bool should_close() const;
  void refuse_close();
  void set_title(const std::string& title);
  // How many pixels an inch has, in units of what is usual.
  float scale() const;
  void size(int& width, int& height) const;  // in units of the screen

  std::vector<KeyPress> take_keys() { return std::exchange(keys_, {}); }
  // Files that were dragged here.
  std::vector<std::string> take_dropped() { return std::exchange(dropped_, {}); }

 private:
  explicit Window(GLFWwindow* window);

  Pixels pixels() const;

  GLFWwindow* window_;
  int frames_due_ = 0;  // without waiting
  bool had_input_ = false;
  std::vector<KeyPress> keys_;
  std::vector<std::string> dropped_;
};

}  // namespace overhear
