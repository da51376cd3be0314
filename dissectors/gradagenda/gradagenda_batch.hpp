// Unfolds a batch: its actions in order, batches inside it replaced by theirs, each held against its row.
#pragma once

#include <string>

#include "dissectors/protocol.hpp"

namespace overhear::gradagenda {

class BatchReader {
 public:
  // Fills `out`'s actions and their findings from a batch. What is wrong with a batch inside it, which is no action of
  // its own where it could be unfolded, goes to the message's findings.
  void read(const JsonIndex& json, const JsonNode& batch, Direction direction, Dissection& out);

 private:
  struct Walk {
    const JsonIndex& json;
    Direction direction;
    Dissection& out;
    bool is_nested = false;  // there is a batch inside
    bool is_full = false;    // of actions
    bool is_silent = false;  // findings are over the limit: the rest is listed unchecked
  };

  void list(Walk& walk, const JsonNode& batch, unsigned depth);
  void element(Walk& walk, const JsonNode& node, unsigned depth);
  void action(Walk& walk, const JsonNode& node, const MessageType* row, const Rule* remark);
  void check(Walk& walk, const JsonNode& node, const MessageType* row);

  std::string scratch_;
};

}  // namespace overhear::gradagenda
