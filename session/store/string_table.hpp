// Texts that stand in many records, each kept once and called by a number.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "session/store/row.hpp"

namespace overhear {

class StringTable {
 public:
  StringTable() { (void)intern({}); }

  StringId intern(std::string_view text) {
    const auto known = ids_.find(text);
    if (known != ids_.end()) return known->second;
    const auto id = static_cast<StringId>(texts_.size());
    ids_.emplace(texts_.emplace_back(text), id);
    bytes_ += text.size();
    return id;
  }
  std::string_view operator[](StringId id) const { return texts_[id]; }
  std::size_t size() const { return texts_.size(); }
  std::size_t bytes() const { return bytes_; }  // of all texts

 private:
  std::deque<std::string> texts_;  // do not move
  std::unordered_map<std::string_view, StringId> ids_;
  std::size_t bytes_ = 0;
};

}  // namespace overhear
