// What a frame says, as text: for tests, and for who reads the window in another way. ImGui ends its own log with each
// window, so windows are begun and ended here.
#pragma once

#include <string>

namespace overhear {

// From the next window on, until take_frame_text().
void want_frame_text();
std::string take_frame_text();
// Goes on behind a menu, which has ended the log.
void resume_frame_text();

// ImGui's Begin and End, with what stands between them in the text.
class WindowScope {
 public:
  explicit WindowScope(const char* name, bool* is_open = nullptr, int flags = 0);
  ~WindowScope();
  WindowScope(const WindowScope&) = delete;
};

class TooltipScope {
 public:
  TooltipScope();
  ~TooltipScope();
  TooltipScope(const TooltipScope&) = delete;
};

}  // namespace overhear
