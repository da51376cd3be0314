#include "dissectors/mcp/mcp_rooms.hpp"

#include <fmt/format.h>

#include <iterator>

#include "dissectors/field_text.hpp"
#include "dissectors/mcp/mcp_rules.hpp"

namespace overhear::mcp {
namespace {

constexpr std::size_t kRooms = 256;
constexpr std::size_t kLongestName = 64;

// A mark: the epoch, the room's place counted from one, and whether the server must refuse the request.
constexpr std::uint32_t kMustRefuse = 1;
constexpr unsigned kPlaceShift = 8;
constexpr unsigned kEpochShift = 24;
constexpr std::uint32_t kPlaceMask = 0xffff;

bool is_user(const JsonIndex& json, const JsonNode& user, std::string_view name) {
  const JsonNode* const node = user.kind == JsonKind::Object ? json.find(&user, "username") : &user;
  return means_the_same(string_of(json, node), name);
}

// Whether the client speaks of itself or is spoken of.
bool is_own(const Message& message) {
  const bool is_named = !message.client_name.empty() && !message.user.empty();
  return is_named && means_the_same(message.user, message.client_name);
}

}  // namespace

Rooms::Room* Rooms::find(std::string_view name) {
  if (last_ < rooms_.size() && rooms_[last_].name == name) return &rooms_[last_];
  for (std::size_t i = 0; i < rooms_.size(); ++i) {
    if (rooms_[i].name != name) continue;
    last_ = i;
    return &rooms_[i];
  }
  return nullptr;
}

Rooms::Room* Rooms::add(std::string_view name) {
  Room* const known = find(name);
  if (known != nullptr || name.empty()) return known;
  if (rooms_.size() == kRooms || name.size() > kLongestName) {
    is_complete_ = false;
    return nullptr;
  }
  Room& room = rooms_.emplace_back();
  room.name = name;
  room.stay = is_complete_ ? Stay::Out : Stay::Unknown;
  return &room;
}

Rooms::Room* Rooms::asked_about(const Asked& asked) {
  const std::size_t place = asked.mark >> kPlaceShift & kPlaceMask;
  const bool is_remembered = asked.mark >> kEpochShift == epoch_ && place > 0 && place <= rooms_.size();
  return is_remembered ? &rooms_[place - 1] : nullptr;
}

std::uint32_t Rooms::mark_of(const Room* room, bool is_outside) const {
  const auto place = room == nullptr ? 0 : static_cast<std::uint32_t>(room - rooms_.data() + 1);
  return std::uint32_t{epoch_} << kEpochShift | place << kPlaceShift | (is_outside ? kMustRefuse : 0);
}

// Whether the client knows that it is not in the room.
bool Rooms::is_outside(std::string_view name, const Room* room, Timestamp at) const {
  if (name.empty()) return false;
  if (room == nullptr) return is_complete_;
  if (room->is_joining) return false;
  if (room->is_leaving) return true;
  return room->stay == Stay::Out && (room->since.ns == 0 || at - room->since > kCrossing);
}

std::uint32_t Rooms::on_client(Kind kind, const Message& message, FindingList& findings) {
  if (kind != Kind::Say && kind != Kind::Join && kind != Kind::Leave) return 0;
  Room* room = kind == Kind::Join ? add(message.room) : find(message.room);
  if (kind == Kind::Join) {
    if (room != nullptr) room->is_joining = true;
    return mark_of(room, false);
  }
  const bool is_out = is_outside(message.room, room, message.time_first);
  if (is_out) {
    Finding& finding = findings.add(rules::kNotInRoom);
    finding.text = "the client is not in room ";
    append_cut(finding.text, message.room, kNameCharacters);
  } else if (kind == Kind::Leave && room != nullptr) {
    room->is_leaving = true;
  }
  // What was asked before it could know may be refused or not.
  const bool must_refuse = is_out && !(room != nullptr && room->is_leaving);
  return mark_of(room, must_refuse);
}

void Rooms::on_server(Kind kind, const Message& message, const Asked& asked, FindingList& findings) {
  if (is_error(kind)) return on_refusal(kind, asked, findings);
  if (asked.mark != 0) check_answer(message, asked, findings);
  switch (kind) {
    case Kind::Accepted: return on_accepted(message);
    case Kind::Said: return check_said(message, asked, findings);
    case Kind::Joined:
      if (is_own(message) || kind_of(asked.type_spec) == Kind::Join) set(message.room, Stay::In, message.time);
      return;
    case Kind::Left:
      // Who has asked for it knows.
      if (kind_of(asked.type_spec) == Kind::Leave) return set(message.room, Stay::Out, {});
      if (is_own(message)) set(message.room, Stay::Out, message.time);
      return;
    case Kind::RoomDeleted: return set(message.room, Stay::Out, message.time);
    // Whether its creator is in it is not said.
    case Kind::RoomCreated: return set(message.room, Stay::Unknown, message.time);
    default: return;
  }
}

void Rooms::set(std::string_view name, Stay stay, Timestamp at) {
  Room* const room = add(name);
  if (room == nullptr) return;
  room->stay = stay;
  room->since = at;
  if (stay == Stay::In) room->is_joining = false;
  if (stay == Stay::Out) room->is_leaving = false;
}

// The list of all users in each room tells of this one too.
void Rooms::on_accepted(const Message& message) {
  // As somebody else, perhaps.
  if (is_accepted_) on_loss();
  is_accepted_ = true;
  const JsonIndex& json = *message.json;
  const JsonNode* const list = json.find(json.find("data"), "rooms");
  if (list == nullptr || message.client_name.empty()) {
    is_complete_ = false;
    return;
  }
  for (const JsonNode* node = json.first_child(*list); node != nullptr; node = json.next_sibling(*list, *node)) {
    const JsonNode* const id = json.find(node, "id");
    const JsonNode* const users = json.find(node, "allUsers");
    const bool is_told = users != nullptr && users->kind == JsonKind::Array && !json.flags().index_limit;
    Stay stay = is_told ? Stay::Out : Stay::Unknown;
    const JsonNode* user = is_told ? json.first_child(*users) : nullptr;
    for (; user != nullptr && stay == Stay::Out; user = json.next_sibling(*users, *user)) {
      if (is_user(json, *user, message.client_name)) stay = Stay::In;
    }
    if (stay != Stay::Out || !is_complete_) set(id_of(json, id), stay, {});
  }
}

void Rooms::on_refusal(Kind kind, const Asked& asked, FindingList& findings) {
  Room* const room = asked_about(asked);
  if (room == nullptr) return;
  const Kind request = kind_of(asked.type_spec);
  if (request == Kind::Join) room->is_joining = false;
  if (request == Kind::Leave) room->is_leaving = false;
  if (kind != Kind::NotConnected) return;
  if (room->stay == Stay::In && request != Kind::Join) {
    Finding& finding = findings.add(rules::kRefusedMember);
    finding.text = "the client is in room ";
    append_cut(finding.text, room->name, kNameCharacters);
  }
  room->stay = room->stay == Stay::In ? Stay::Unknown : Stay::Out;
}

void Rooms::check_said(const Message& message, const Asked& asked, FindingList& findings) {
  const bool must_refuse = (asked.mark & kMustRefuse) != 0;
  if (message.room.empty() || must_refuse) return;
  const Room* const room = find(message.room);
  const bool is_out = room == nullptr ? is_complete_ : room->stay == Stay::Out && !room->is_joining;
  if (!is_out) return;
  Finding& finding = findings.add(rules::kForeignRoom);
  finding.text = "the client is not in room ";
  append_cut(finding.text, message.room, kNameCharacters);
}

void Rooms::check_answer(const Message& message, const Asked& asked, FindingList& findings) {
  if ((asked.mark & kMustRefuse) != 0) findings.add(rules::kNotRefused);
  const Room* const room = asked_about(asked);
  if (room == nullptr || message.room.empty() || message.room == room->name) return;
  Finding& finding = findings.add(rules::kOtherRoom);
  fmt::format_to(std::back_inserter(finding.text), "the request was about room {}", room->name);
}

void Rooms::on_loss() {
  rooms_.clear();
  is_complete_ = false;
  ++epoch_;
}

}  // namespace overhear::mcp
