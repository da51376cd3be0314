#include "dissectors/moves.hpp"

#include "dissectors/field_text.hpp"

namespace overhear {

void list_members(const JsonIndex& json, const JsonNode* users, std::string_view room, std::string_view member,
                  std::vector<Move>& moves) {
  if (users == nullptr || users->kind != JsonKind::Array || room.empty()) return;
  const std::size_t begin = moves.size();
  moves.push_back({Move::Kind::Lists, {}, room, {}});
  for (const JsonNode* user = json.first_child(*users); user != nullptr; user = json.next_sibling(*users, *user)) {
    const JsonNode* const name = user->kind == JsonKind::Object ? json.find(user, member) : user;
    const std::string_view text = id_of(json, name);
    if (text.empty()) continue;
    // A list of which a part is missing would make those leave who are in it.
    if (moves.size() >= kMoves) return moves.resize(begin);
    moves.push_back({Move::Kind::Present, text, room, {}});
  }
  if (json.flags().index_limit) moves.resize(begin);
}

}  // namespace overhear
