// The one place where `overhear intercept` waits: for the proxy, for the user and for signals. Keeps the queue of what
// is held up to date meanwhile, and the prompt on the last line.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/control_channel.hpp"
#include "cli/held_queue.hpp"
#include "cli/held_view.hpp"
#include "cli/line_input.hpp"
#include "session/export/output.hpp"

namespace overhear {

class InterceptConsole {
 public:
  // All outlive this. Standard input that is no terminal is a script: nothing is asked, and it is read when the next
  // line is wanted.
  InterceptConsole(ControlChannel& channel, HeldQueue& queue, Output& output, const HeldLook& look);

  enum class Came : std::uint8_t { Line, News, Over };
  // The next line of the user's, or news of the proxy's, which have been told.
  Came wait(std::string_view prompt, std::string& line);
  // The next line, whatever else happens; nullopt: it is over.
  std::optional<std::string> ask(std::string_view prompt);
  // Waits for news alone. False: it is over.
  bool wait_for_news();
  // The proxy's answer ("done" or "error"); nullopt: it is over.
  std::optional<nlohmann::json> request(nlohmann::json command);
  // While somebody else has the terminal: takes news in, which are told later. Waits at most 50 ms.
  void listen();

  bool is_script() const { return is_script_; }
  // It is over: the proxy has ended, the user wants no more, or nobody reads what is said.
  bool is_lost() const { return channel_.is_over() && !channel_.has_event(); }
  bool is_over() const { return is_interrupted_ || is_lost() || output_.error() != 0; }

  void say(std::string_view text, std::string_view color = {});
  void show(const Held& held);
  // What listen() has heard.
  void tell();
  // Takes the prompt off the screen.
  void clear_prompt();

 private:
  bool poll(bool wants_input, int milliseconds);
  bool take_events();
  void put_prompt(std::string_view prompt);

  ControlChannel& channel_;
  HeldQueue& queue_;
  Output& output_;
  HeldView view_;
  LineInput input_;
  bool is_script_;
  bool has_prompts_;
  bool can_erase_;
  bool is_prompted_ = false;
  bool is_interrupted_ = false;
  std::uint64_t last_id_ = 0;
  std::vector<std::string> news_;
  std::optional<nlohmann::json> answer_;
};

}  // namespace overhear
