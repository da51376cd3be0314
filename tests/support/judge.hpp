// Conversations held against a protocol's rules, as tables: a script of messages, and what is said of which of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dissectors/protocol.hpp"

namespace overhear::testing {

// ">{…}" and "<{…}": a message from the client, from the server, a tenth of a second after the one before. ">?" and
// "<?": one that cannot be read. "~": a loss. "+3": seconds pass. "text" and "binary": WebSocket messages from now on.
using Script = std::vector<std::string>;

// The findings of a conversation that was heard from its beginning: "2:scrp.not_logged_in", notes in parentheses, in
// order; those about the whole have "end:" before them. Codes in `but` are left out.
std::string judge(const Protocol& protocol, const Script& script, const std::vector<std::string_view>& but = {});

struct RuleCase {
  std::string_view name;
  Script script;
  std::string_view expected;
};

// Each case is what is expected of it.
void check_rules(const Protocol& protocol, const std::vector<RuleCase>& cases,
                 const std::vector<std::string_view>& but = {});

}  // namespace overhear::testing
