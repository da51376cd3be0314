// What a row says, as people read it: everything printable, so that nothing from the wire acts on who reads it.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "session/store/record_store.hpp"

namespace overhear {

struct RowText {
  std::string name;     // "3.12"
  std::string parties;  // "alice → server"
  std::string user;
  std::string room;
  std::string type;
  std::string summary;
  std::string findings;  // "2 ✗"
};

// Remembers those that were asked for lately.
class RowTexts {
 public:
  const RowText& of(const RecordStore& store, std::size_t index, bool show_secrets);
  void forget() { texts_.clear(); }

 private:
  std::unordered_map<std::size_t, RowText> texts_;
  bool had_secrets_ = false;
};

// "127.0.0.1:51234 → 127.0.0.1:3072"; of a row without ends: empty.
std::string ends_text(const RecordStore& store, const Row& row);

}  // namespace overhear
