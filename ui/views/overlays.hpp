// What stands around the panes and on top of them: menus, the line below, what an empty window says, the list of keys,
// the field for a message's number.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ui/command.hpp"
#include "ui/views/context.hpp"

namespace overhear {

// Commands that were chosen are appended.
void draw_menus(ViewState& state, std::vector<Command>& chosen);
void draw_status(const ViewContext& context, ViewState& state);
// While nothing is open.
void draw_welcome(const ViewContext& context, ViewState& state, std::vector<Command>& chosen);
void draw_key_help(ViewState& state);

// "3.12", or "12" of a session; nothing: it is none.
std::optional<MessageName> parse_message_name(std::string_view text, std::uint32_t session);

class GoTo {
 public:
  void draw(ViewState& state);
  // What was typed, "3.12" or "12" of the session at hand, becomes the selection.
  void accept(const ViewContext& context, ViewState& state);

 private:
  std::string typed_;
  std::string trouble_;
  bool was_open_ = false;
};

}  // namespace overhear
