// Conversations held against a protocol's rules, as tables: a script of messages, and what is said of which of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dissectors/protocol.hpp"

namespace overhear::testing {

// ">{…}" and "<{…}": a message from the client, from the server, a tenth of a second after the one before. ">?" and
// "<?": one that cannot be read. "~": a loss. "+3.5": seconds pass. "text" and "binary": WebSocket messages from now
// on.
// "#KEY": what follows is opened by this key; "#" alone: it comes in clear.
using Script = std::vector<std::string>;

// The findings of a conversation that was heard from its beginning: "2:scrp.not_logged_in", notes in parentheses, in
// order; those about the whole have "end:" before them. Codes in `but` are left out, and with "app." all that begin so.
std::string judge(const Protocol& protocol, const Script& script, const std::vector<std::string_view>& but = {});

struct RuleCase {
  std::string_view name;
  Script script;
  std::string_view expected;
};

// Each case is what is expected of it.
void check_rules(const Protocol& protocol, const std::vector<RuleCase>& cases,
                 const std::vector<std::string_view>& but = {});

// Of the protocol's own rules, whose codes begin with `prefix`, those that no case expects ("mcp.x(note)"), but for the
// codes in `elsewhere`.
std::vector<std::string> untested(const Protocol& protocol, std::string_view prefix, const std::vector<RuleCase>& cases,
                                  const std::vector<std::string_view>& elsewhere);

}  // namespace overhear::testing
