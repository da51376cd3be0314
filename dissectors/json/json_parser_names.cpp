// How JsonParser finds names that stand twice in one object.
#include <algorithm>
#include <string>

#include "base/same_bytes.hpp"
#include "dissectors/json/json_parser.hpp"

namespace overhear {

// Few members: each with those that are as long; many: sorted. Only where there are twins it is asked which.
void JsonParser::check_names(std::uint32_t object) {
  constexpr std::size_t kFew = 12;
  auto& members = index_.scratch_;
  members.clear();
  bool has_escapes = false;
  bool has_twins = false;     // perhaps, of many
  std::uint64_t lengths = 0;  // of all names before this one, a bit for each
  const JsonNode* const nodes = index_.nodes_.data();
  const std::uint32_t end = nodes[object].next;
  for (std::uint32_t member = object + 1; member < end; member = nodes[member].next) {
    const std::string_view name = index_.name(nodes[member]);
    const auto is_twin = [&](std::uint32_t earlier) { return same_bytes(index_.name(nodes[earlier]), name); };
    const std::uint64_t length = std::uint64_t{1} << name.size() % 64;
    const bool may_be_twin = (lengths & length) != 0 && !has_twins;
    if (may_be_twin) has_twins = members.size() >= kFew || std::ranges::any_of(members, is_twin);
    lengths |= length;
    has_escapes |= nodes[member].name_has_escapes;
    members.push_back(member);
  }
  if (has_escapes) {
    note_twins([this, nodes](std::uint32_t id) {
      std::string text;
      append_unescaped(text, index_.name(nodes[id]));
      return text;
    });
    return;
  }
  if (has_twins) note_twins([this, nodes](std::uint32_t id) { return index_.name(nodes[id]); });
}

// Of each name that stands more than once the last member.
template <typename NameOf>
void JsonParser::note_twins(const NameOf& name) {
  auto& members = index_.scratch_;
  std::ranges::stable_sort(members, {}, name);
  for (std::size_t i = 1; i < members.size(); ++i) {
    const bool is_twin = name(members[i]) == name(members[i - 1]);
    const bool is_last = i + 1 == members.size() || name(members[i + 1]) != name(members[i]);
    if (!is_twin || !is_last) continue;
    index_.flags_.duplicate_name = true;
    ++index_.duplicate_names_;
    if (index_.duplicates_.size() < JsonIndex::kMostDuplicates) index_.duplicates_.push_back(members[i]);
  }
}

}  // namespace overhear
