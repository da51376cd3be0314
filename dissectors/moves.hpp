// Moves that several protocols tell in the same way.
#pragma once

#include <string_view>
#include <vector>

#include "dissectors/json/json_index.hpp"
#include "dissectors/message.hpp"

namespace overhear {

// Of one message; who tells of more is not followed.
inline constexpr std::size_t kMoves = 2048;

// All who are in a room: an array of names, or of objects that have one in `member`. Nothing where `users` is no array.
void list_members(const JsonIndex& json, const JsonNode* users, std::string_view room, std::string_view member,
                  std::vector<Move>& moves);

}  // namespace overhear
