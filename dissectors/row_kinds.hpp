// What each row of a protocol's table means to the rules of its sessions: looked up by the row's place.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "dissectors/protocol.hpp"

namespace overhear {

template <typename Kind>
class RowKinds {
 public:
  RowKinds(std::span<const MessageType> rows, Kind (*kind_of_name)(std::string_view name)) : rows_(rows) {
    kinds_.reserve(rows.size());
    for (const MessageType& row : rows) kinds_.push_back(kind_of_name(row.name));
  }

  // Null is what is not in the table: a Kind of value zero.
  Kind of(const MessageType* row) const {
    return row == nullptr ? Kind{} : kinds_[static_cast<std::size_t>(row - rows_.data())];
  }

 private:
  std::span<const MessageType> rows_;
  std::vector<Kind> kinds_;
};

}  // namespace overhear
