// From a message of any protocol to what it means in a chat. What was said is what the dissectors call text; the rest
// is known from tables of types here. Some answers mean something only with their request: who makes the transcript
// remembers those that is_asking() names.
#pragma once

#include <string>
#include <vector>

#include "dissectors/message.hpp"
#include "session/transcript/remark.hpp"

namespace overhear {

// What a request asked, as far as its answer does not say it again.
struct PendingRequest {
  bool is_said = false;
  std::string room;
  std::string user;
  std::string name;  // a new one
};

// Whether the message's answer may mean something; then what to remember of it.
bool is_asking(const Message& message, PendingRequest& asked);
// Appends what the message means. `asked`: the request that it answers, where that was remembered.
void append_remarks(const Message& message, const PendingRequest* asked, std::vector<Remark>& remarks);
// Whether something may have been said in it that could not be read.
bool is_unreadable_talk(const Message& message);

}  // namespace overhear
