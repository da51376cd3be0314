// The viewer without a window: frames are drawn into nowhere, and what they say is read back as text.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "ui/app.hpp"

namespace overhear::testing {

class Screen {
 public:
  explicit Screen(Habits habits = {});
  ~Screen();
  Screen(const Screen&) = delete;

  App& app() { return *app_; }
  // Draws one frame.
  void frame();
  // Until everything is read and looked through, and what followed from that is drawn. False: it takes too long.
  bool settle();
  // Draws until it is so. False: it takes too long.
  bool wait_for(const std::function<bool()>& is_so);
  // All that a frame says.
  std::string text();
  bool says(const std::string& what) { return text().find(what) != std::string::npos; }

  void press(int key, int modifiers = 0);
  // Types into the field that has the keyboard.
  void type(std::string_view text);
  void move_mouse(float x, float y);
  void click(float x, float y);
  void wheel(float notches);
  void resize(float width, float height);

 private:
  std::unique_ptr<Fonts> fonts_;
  std::unique_ptr<App> app_;
};

// A sample capture, or key log.
std::string sample(const std::string& name);

}  // namespace overhear::testing
