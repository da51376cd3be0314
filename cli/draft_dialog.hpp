// Lets the user write what is to be sent: the editor opens, what is wrong with the draft is told, and it is sent,
// edited again or left.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/intercept_console.hpp"

namespace overhear {

// What a draft is for.
struct DraftPurpose {
  std::string name;                                                    // of the file, without its ending
  bool must_differ = false;                                            // from what it began as
  std::function<bool()> is_wanted;                                     // still
  std::function<std::vector<std::string>(const std::string&)> review;  // what is wrong with it
};

class DraftDialog {
 public:
  explicit DraftDialog(InterceptConsole& console) : console_(console) {}

  // From this text on. What is to be sent, or nullopt: nothing. JSON is edited over lines and sent without white space
  // between its tokens; all else is sent as it was left.
  std::optional<std::string> write(const std::string& text, const DraftPurpose& purpose);

 private:
  enum class Choice : std::uint8_t { Send, EditAgain, Leave };
  Choice choose(const DraftPurpose& purpose);

  InterceptConsole& console_;
};

}  // namespace overhear
