// A held message on the terminal: who sends what to whom in one line, what its protocol finds wrong with it, and its
// body over lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cli/held_queue.hpp"
#include "cli/text_line.hpp"
#include "session/export/output.hpp"

namespace overhear {

struct HeldLook {
  std::size_t width = 0;  // of the terminal; 0: it is none, and nothing is cut
  bool with_color = false;
  bool is_ascii = false;
  bool show_secrets = false;
};

class HeldView {
 public:
  HeldView(Output& output, const HeldLook& look);

  void show(const Held& held);
  // One line. Text from outside needs not be printable; what is longer than the terminal is wide takes several.
  void say(std::string_view text, std::string_view color = {});

 private:
  void put_summary(const Held& held);
  void put_findings(const nlohmann::json& record);
  void put_json(std::string_view text);
  void put_text(std::string_view text);
  std::size_t most_lines() const;

  HeldLook look_;
  TextLine line_;
};

}  // namespace overhear
