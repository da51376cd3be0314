// What a user does about the messages that a proxy holds, one line at a time: forward, edit, drop, send new ones.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/draft_dialog.hpp"
#include "cli/intercept_console.hpp"

namespace overhear {

class InterceptSession {
 public:
  // `name`: how this proxy is called again ("8080").
  InterceptSession(ControlChannel& channel, std::string name, Output& output, const HeldLook& look);

  // Until the user leaves or the proxy ends; whether it was the user who did.
  bool run();

 private:
  void greet();
  void show_first();
  void tell_waiting();
  std::string prompt() const;
  void obey(std::string_view line);
  void decide(char letter, std::string_view argument);
  void forward(std::uint64_t hold);
  void drop(std::uint64_t hold);
  void edit(const Held& held);
  void forward_all();
  void set_filter(std::string_view filter);
  void send_new();
  void farewell();

  const Held* wanted(std::string_view argument);
  // The session that a new message goes into.
  std::optional<nlohmann::json> choose_session();
  // Whether it was done; else what was wrong has been told.
  bool do_command(nlohmann::json command);
  bool release(nlohmann::json command, std::uint64_t hold);

  ControlChannel& channel_;
  std::string name_;
  HeldQueue queue_;
  InterceptConsole console_;
  DraftDialog drafts_;
  std::uint64_t shown_ = 0;  // the hold that was shown last
  std::uint64_t told_ = 0;   // the last one that was told of; they are numbered as they come
  bool has_left_ = false;
};

}  // namespace overhear
