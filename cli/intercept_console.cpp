#include "cli/intercept_console.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"

namespace overhear {
namespace {

using nlohmann::json;

constexpr int kListening = 50;  // milliseconds
constexpr std::string_view kEraseLine = "\r\x1b[K";

bool knows_escapes() {
  const char* const term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace

InterceptConsole::InterceptConsole(ControlChannel& channel, HeldQueue& queue, Output& output, const HeldLook& look)
    : channel_(channel),
      queue_(queue),
      output_(output),
      view_(output, look),
      input_(STDIN_FILENO),
      is_script_(!is_terminal(STDIN_FILENO)),
      has_prompts_(!is_script_ && is_terminal(STDOUT_FILENO)),
      can_erase_(knows_escapes()) {}

void InterceptConsole::say(std::string_view text, std::string_view color) {
  clear_prompt();
  view_.say(text, color);
}

void InterceptConsole::show(const Held& held) {
  clear_prompt();
  view_.show(held);
}

void InterceptConsole::put_prompt(std::string_view prompt) {
  if (has_prompts_ && !is_prompted_) {
    output_.buffer() += prompt;
    is_prompted_ = true;
  }
  output_.flush();
}

void InterceptConsole::clear_prompt() {
  if (!is_prompted_) return;
  output_.buffer() += can_erase_ ? kEraseLine : "\n";
  is_prompted_ = false;
}

void InterceptConsole::tell() {
  for (const std::string& one : news_) say(one);
  news_.clear();
}

// Whether there was one that is no answer.
bool InterceptConsole::take_events() {
  bool has_news = false;
  while (channel_.has_event()) {
    json event = channel_.take_event();
    const auto kind = event.find("event");
    if (kind == event.end()) continue;
    if (*kind == "done" || *kind == "error") {
      const auto id = event.find("id");
      if (id != event.end() && *id == last_id_) answer_ = std::move(event);
      continue;
    }
    queue_.on_event(event, news_);
    has_news = true;
  }
  return has_news;
}

// False: nothing more is to be waited for.
bool InterceptConsole::poll(bool wants_input, int milliseconds) {
  const bool reads = wants_input && input_.wants_more();
  std::array<pollfd, 2> ready{pollfd{.fd = channel_.descriptor(), .events = POLLIN, .revents = 0},
                              pollfd{.fd = reads ? input_.descriptor() : -1, .events = POLLIN, .revents = 0}};
  if (wait_for_any(ready, milliseconds) == Wait::Interrupted) is_interrupted_ = true;
  if (ready[0].revents != 0) channel_.receive();
  if (ready[1].revents != 0) input_.receive();
  return !is_over();
}

InterceptConsole::Came InterceptConsole::wait(std::string_view prompt, std::string& line) {
  do {
    const bool has_news = take_events();
    tell();
    if (has_news) return Came::News;
    if (is_over()) break;
    if (auto next = input_.take()) {
      is_prompted_ = false;  // the user's own line end is behind it
      line = *std::move(next);
      return Came::Line;
    }
    if (input_.is_over()) break;
    put_prompt(prompt);
  } while (poll(true, -1) || channel_.has_event());
  return Came::Over;
}

std::optional<std::string> InterceptConsole::ask(std::string_view prompt) {
  std::string line;
  for (;;) {
    switch (wait(prompt, line)) {
      case Came::Line: return line;
      case Came::News: continue;
      case Came::Over: return std::nullopt;
    }
  }
}

bool InterceptConsole::wait_for_news() {
  output_.flush();
  do {
    const bool has_news = take_events();
    tell();
    if (has_news) return true;
  } while (!is_over() && (poll(false, -1) || channel_.has_event()));
  return false;
}

std::optional<json> InterceptConsole::request(json command) {
  command["id"] = ++last_id_;
  answer_.reset();
  channel_.send(command);
  do {
    take_events();
    if (answer_) {
      tell();
      return std::exchange(answer_, std::nullopt);
    }
  } while (!is_over() && (poll(false, -1) || channel_.has_event()));
  return std::nullopt;
}

void InterceptConsole::listen() {
  if (is_lost()) {
    (void)wait_for_input(-1, kListening);
    return;
  }
  (void)poll(false, kListening);
  take_events();
}

}  // namespace overhear
