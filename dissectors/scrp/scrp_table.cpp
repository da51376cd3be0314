#include "dissectors/scrp/scrp_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "dissectors/scrp/scrp.hpp"
#include "dissectors/scrp/scrp_forms.hpp"
#include "dissectors/scrp/scrp_rules.hpp"

namespace overhear::scrp {
namespace {

// Of the public server; its own Java client connects to 6543.
constexpr std::uint16_t kPorts[] = {42015, 6543};

constexpr std::string_view kErrors = "SCRP 0.0.3, 3 Error";
constexpr std::string_view kNames = "tcp-chatroom, scrp/names.py";

constexpr EnumValue kRoomAccessValues[] = {
    {"0", "ROOM_ACCESS_PUBLIC", "any user can enter"},
    {"1", "ROOM_ACCESS_PASSWORD", "with the right password"},
    {"2", "ROOM_ACCESS_PERMISSION", "with the permission of the creator or an admin"},
    {"ROOM_ACCESS_PUBLIC", {}, "0, as the public Java client names it", Origin::Observed},
    {"ROOM_ACCESS_PASSWORD", {}, "1, as the public Java client names it", Origin::Observed},
    {"ROOM_ACCESS_PERMISSION", {}, "2, as the public Java client names it", Origin::Observed},
};
constexpr Enumeration kRoomAccess{"room access", "SCRP 0.0.3, 1.5 Room", kRoomAccessValues};

constexpr EnumValue kUserModeValues[] = {
    {"0", "OFF", "the user is logged off"},
    {"1", "ON", "the user is logged in"},
};
constexpr Enumeration kUserMode{"user mode", "SCRP 0.0.3, 1.4 User", kUserModeValues};
constexpr const Enumeration* kEnumerations[] = {&kRoomAccess, &kUserMode};

// In ascending order: they are searched.
constexpr Code kCodes[] = {
    {"233", "BAD_REQUEST", kErrors, "the request violates the specification; may answer any request"},
    {"250", "USER_NOT_LOGGED_IN", kErrors, "the client is not logged in"},
    {"251", "USER_ALREADY_LOGGED_IN", kNames, "the user is logged in already", Origin::Observed},
    {"300", "INVALID_USER_ID", kErrors, "the user ID has not the right form"},
    {"301", "INVALID_ROOM_ID", kErrors, "the room ID has not the right form"},
    {"310", "INVALID_USER_PASSWORD", kErrors, "the user password has not the right form"},
    {"311", "INVALID_ROOM_PASSWORD", kErrors, "the room password has not the right form"},
    // Section 3 spells it INALID_USER_NICKNAME.
    {"320", "INVALID_USER_NICKNAME", kErrors, "the user nickname has not the right form"},
    {"321", "INVALID_ROOM_NICKNAME", kErrors, "the room nickname has not the right form"},
    {"330", "INVALID_USER_DESCRIPTION", kNames, "the user description has not the right form", Origin::Observed},
    {"331", "INVALID_ROOM_DESCRIPTION", kNames, "the room description has not the right form", Origin::Observed},
    {"340", "INVALID_ROOM_ACCESS_TYPE", kNames, "there is no such access type", Origin::Observed},
    {"400", "USER_ALREADY_EXISTS", kErrors, "the user ID is taken"},
    {"401", "ROOM_ALREADY_EXISTS", kErrors, "the room ID is taken"},
    {"402", "TOO_MANY_WRONG_ATTEMPTS", kErrors, "wrong attempts come too often"},
    {"403", "ID_PASSWORD_NOT_MATCH", kErrors, "ID and password do not match"},
    {"404", "USER_ALREADY_LOGGED_IN", kErrors, "the user is logged in already"},
    {"801", "FORBIDDEN", kErrors, "the sender may not do that"},
    {"900", "SUCCESS", kErrors, "done"},
    {"999", "UNKNOWN", kErrors, "an unexpected error; a right server never sends it"},
};
static_assert(std::ranges::is_sorted(kCodes, {}, &Code::value));

// --- fields ---------------------------------------------------------------------------------------------------------

constexpr Field string(std::string_view name, std::string_view meaning, Presence presence = Presence::Required) {
  return {.name = name, .types = kString, .presence = presence, .meaning = meaning};
}
constexpr Field formed(std::string_view name, std::string_view meaning, const Form& form,
                       Presence presence = Presence::Required) {
  Field field = string(name, meaning, presence);
  field.form = &form;
  return field;
}
constexpr Field secret(std::string_view name, std::string_view meaning, const Form& form,
                       Presence presence = Presence::Required) {
  Field field = formed(name, meaning, form, presence);
  field.is_secret = true;
  return field;
}

constexpr Field kReqId{.name = "req_id", .types = kInteger, .meaning = "serial number of the request, uint32"};
constexpr Field kMethod = string("method", "method name, case-sensitive");
constexpr Field kUserId = formed("user_id", "the user's ID", kUserIdForm);
// The dissector notes its absence: the public server's own requests leave it out.
constexpr Field kUserIdOrNot =
    formed("user_id", "the user's ID; the public server's form lacks it", kUserIdForm, Presence::Optional);
constexpr Field kUserPassword = secret("user_password", "the user's password", kUserPasswordForm);
constexpr Field kRoomId = formed("room_id", "the room's ID", kRoomIdForm);
constexpr Field kRoomPassword = secret("room_password", "the room's password", kRoomPasswordForm, Presence::Optional);
// Numbers by the specification; the dissector notes a name.
constexpr Field access(std::string_view name) {
  return {.name = name,
          .types = kNumber | kString,
          .meaning = "access type of the room, a number; the public Java client sends its name",
          .values = &kRoomAccess};
}

constexpr Field kSignUpFields[] = {kReqId, kMethod, kUserId, kUserPassword,
                                   formed("user_nickname", "the user's nickname", kUserNicknameForm)};
constexpr Field kLogInFields[] = {kReqId, kMethod, kUserId, kUserPassword};
constexpr Field kDeleteUserFields[] = {kReqId, kMethod, kUserIdOrNot, kUserPassword};
constexpr Field kUserPasswordFields[] = {kReqId, kMethod, kUserIdOrNot,
                                         secret("old_user_password", "the current password", kUserPasswordForm),
                                         secret("new_user_password", "the new password", kUserPasswordForm)};
// The dissector sees to it that there are either old and new or the one of the later specification.
constexpr Field kUserNicknameFields[] = {
    kReqId,
    kMethod,
    kUserId,
    formed("old_user_nickname", "the current nickname", kUserNicknameForm, Presence::Optional),
    formed("new_user_nickname", "the new nickname", kUserNicknameForm, Presence::Optional),
    {.name = "user_nickname",
     .types = kString,
     .presence = Presence::Optional,
     .meaning = "the new nickname",
     .form = &kUserNicknameForm,
     .origin = Origin::Observed},
};
constexpr Field kBareFields[] = {kReqId, kMethod};
constexpr Field kCreateRoomFields[] = {kReqId,       kMethod,
                                       kRoomId,      formed("room_nickname", "the room's nickname", kRoomNicknameForm),
                                       kUserId,      access("room_access"),
                                       kRoomPassword};
constexpr Field kEnterRoomFields[] = {kReqId, kMethod, kRoomId, kUserId, kRoomPassword};
constexpr Field kRemoveRoomFields[] = {kReqId, kMethod, kUserId, kRoomId};
constexpr Field kRoomAccessFields[] = {kReqId, kMethod, kUserId, kRoomId, access("new_access_type"),
                                       // Needed only where the new type is ROOM_ACCESS_PASSWORD.
                                       kRoomPassword};
constexpr Field kRoomPasswordFields[] = {kReqId,
                                         kMethod,
                                         kUserId,
                                         kRoomId,
                                         secret("old_room_password", "the current password", kRoomPasswordForm),
                                         secret("new_room_password", "the new password", kRoomPasswordForm)};
constexpr Field kRoomNicknameFields[] = {kReqId, kMethod, kUserId, kRoomId,
                                         formed("new_room_nickname", "the new nickname", kRoomNicknameForm)};
constexpr Field kRemoveUserFields[] = {
    kReqId, kMethod, formed("admin_user_id", "ID of the admin who asks", kUserIdForm),
    formed("subject_user_id", "ID of the user who is removed", kUserIdForm), kRoomId};
constexpr Field kSetAdminFields[] = {kReqId, kMethod, formed("owner_user_id", "ID of the owner who asks", kUserIdForm),
                                     formed("subject_user_id", "ID of the user who becomes admin", kUserIdForm),
                                     kRoomId};
constexpr Field kResponseFields[] = {
    // Its absence is scrp.missing_resp_id.
    {.name = "resp_id",
     .types = kInteger,
     .presence = Presence::Optional,
     .meaning = "req_id of the request, uint32; the public server leaves it out"},
    {.name = "err", .types = kInteger, .meaning = "error number of section 3"},
    {.name = "time", .types = kNumber, .presence = Presence::Optional, .meaning = "server time; answers GET_TIME"},
};
constexpr Field kPushFields[] = {kMethod};

// --- answers --------------------------------------------------------------------------------------------------------

using Names = std::string_view;
constexpr Names kAnswers[] = {kResponseType};

constexpr Names kSignUpCodes[] = {"300", "310", "320", "400", "900"};
// 400 stands in the algorithm, not in the list.
constexpr Names kLogInCodes[] = {"300", "310", "400", "402", "403", "404", "900"};
constexpr Names kUserPasswordCodes[] = {"250", "310", "402", "403", "900"};
constexpr Names kUserNicknameCodes[] = {"250", "320", "900"};
constexpr Names kTimeCodes[] = {"900"};
constexpr Names kCreateRoomCodes[] = {"250", "301", "311", "321", "401", "900"};
// 401 stands in the list, not in the algorithm.
constexpr Names kEnterRoomCodes[] = {"250", "301", "311", "401", "402", "403", "900"};
constexpr Names kRoomCodes[] = {"250", "300", "301", "801", "900"};
constexpr Names kRoomAccessCodes[] = {"250", "300", "301", "311", "801", "900"};
constexpr Names kRoomPasswordCodes[] = {"250", "300", "301", "311", "402", "403", "801", "900"};
constexpr Names kRoomNicknameCodes[] = {"250", "300", "301", "321", "801", "900"};

// --- methods --------------------------------------------------------------------------------------------------------

constexpr MessageType request(std::string_view name, std::string_view section, std::string_view meaning,
                              std::span<const Field> fields, std::span<const Names> codes) {
  return {.name = name,
          .from_client = true,
          .role = Role::Request,
          .section = section,
          .meaning = meaning,
          .fields = fields,
          .answers = kAnswers,
          .codes = codes};
}
// Named by the specification without its fields.
constexpr MessageType named(std::string_view name, std::string_view section, std::string_view meaning) {
  MessageType type = request(name, section, meaning, kBareFields, {});
  type.fields_open = true;
  return type;
}
constexpr MessageType push(std::string_view name, std::string_view section, std::string_view meaning,
                           Origin origin = Origin::Specified) {
  return {.name = name,
          .from_server = true,
          .role = Role::Push,
          .section = section,
          .meaning = meaning,
          .fields = kPushFields,
          .origin = origin,
          .fields_open = true};
}

constexpr MessageType kMessages[] = {
    request("SIGN_UP", "SCRP 0.0.3, 2.1 SIGN_UP", "signs up a new user", kSignUpFields, kSignUpCodes),
    request("LOG_IN", "SCRP 0.0.3, 2.2 LOG_IN", "logs in", kLogInFields, kLogInCodes),
    request("DELETE_USER", "SCRP 0.0.3, 2.3 DELETE_USER", "deletes the user for good", kDeleteUserFields,
            kUserPasswordCodes),
    request("CHANGE_USER_PASSWORD", "SCRP 0.0.3, 2.4 CHANGE_USER_PASSWORD", "changes the user's password",
            kUserPasswordFields, kUserPasswordCodes),
    request("CHANGE_USER_NICKNAME", "SCRP 0.0.3, 2.5 CHANGE_USER_NICKNAME", "changes the user's nickname",
            kUserNicknameFields, kUserNicknameCodes),
    request("GET_TIME", "SCRP 0.0.3, 2.6 GET_TIME", "asks for the server's time", kBareFields, kTimeCodes),
    request("CREATE_ROOM", "SCRP 0.0.3, 2.7 CREATE_ROOM", "creates a room", kCreateRoomFields, kCreateRoomCodes),
    request("ENTER_ROOM", "SCRP 0.0.3, 2.8 ENTER_ROOM", "enters a room", kEnterRoomFields, kEnterRoomCodes),
    request("REMOVE_ROOM", "SCRP 0.0.3, 2.9 REMOVE_ROOM", "removes a room for good; its owner may", kRemoveRoomFields,
            kRoomCodes),
    request("CHANGE_ROOM_ACCESS", "SCRP 0.0.3, 2.10 CHANGE_ROOM_ACCESS", "changes who may enter; the owner may",
            kRoomAccessFields, kRoomAccessCodes),
    request("CHANGE_ROOM_PASSWORD", "SCRP 0.0.3, 2.11 CHANGE_ROOM_PASSWORD", "changes a room's password; its owner may",
            kRoomPasswordFields, kRoomPasswordCodes),
    request("CHANGE_ROOM_NICKNAME", "SCRP 0.0.3, 2.12 CHANGE_ROOM_NICKNAME", "changes a room's nickname; admins may",
            kRoomNicknameFields, kRoomNicknameCodes),
    // The specification counts 2.12 twice.
    request("REMOVE_USER_FROM_ROOM", "SCRP 0.0.3, 2.12 REMOVE_USER_FROM_ROOM", "removes a user from a room; admins may",
            kRemoveUserFields, kRoomCodes),
    request("SET_ADMIN", "SCRP 0.0.3, 2.13 SET_ADMIN", "makes a user admin of a room; its owner may", kSetAdminFields,
            kRoomCodes),
    named("REMOVE_ADMIN", "SCRP 0.0.3, 2.14 REMOVE_ADMIN", "makes an admin a general user again"),
    named("ADD_FRIEND", "SCRP 0.0.3, 2.15 and 2.20 ADD_FRIEND", "asks a user to become a friend"),
    named("REMOVE_FRIEND", "SCRP 0.0.3, 2.16 and 2.21 REMOVE_FRIEND", "ends a friendship"),
    named("CHANGE_USER_DESCRIPTION", "SCRP 0.0.3, 2.17 CHANGE_USER_DESCRIPTION", "changes the user's description"),
    named("CHANGE_ROOM_DESCRIPTION", "SCRP 0.0.3, 2.18 CHANGE_ROOM_DESCRIPTION", "changes a room's description"),
    named("GET_USER_LAST_ACTIVITY_TIME", "SCRP 0.0.3, 2.19 GET_USER_LAST_ACTIVITY_TIME",
          "asks when a user was last there"),
    named("APPROVE_REQUEST", "SCRP 0.0.3, 2.22 APPROVE_REQUEST", "lets a friend or a user of a room in"),
    named("IGNORE_REQUEST", "SCRP 0.0.3, 2.23 IGNORE_REQUEST", "leaves a request alone"),
    named("REJECT_REQUEST", "SCRP 0.0.3, 2.24 REJECT_REQUEST", "turns a request down"),
    named("SEND_ROOM_MESSAGE", "SCRP 0.0.3, 2.26 SEND_ROOM_MESSAGE", "says something in a room"),
    named("SEND_PRIVATE_MESSAGE", "SCRP 0.0.3, 2.27 SEND_PRIVATE_MESSAGE", "says something to a friend"),
    named("RECEIVE_MESSAGE", "SCRP 0.0.3, 2.28 RECEIVE_MESSAGE", "asks for what was said while the user was away"),

    {.name = kResponseType,
     .from_server = true,
     .role = Role::Answer,
     .section = "SCRP 0.0.3, 2 Request & Response",
     .meaning = "answers a request; further fields depend on its method",
     .fields = kResponseFields,
     .fields_open = true},

    push("NEW_PRIVATE_MESSAGE", "SCRP 0.0.3, 4.1 NEW_PRIVATE_MESSAGE", "a friend said something"),
    push("NEW_ROOM_MESSAGE", "SCRP 0.0.3, 4.2 NEW_ROOM_MESSAGE", "somebody said something in a room"),
    push("NEW_FRIEND_REQUEST", "SCRP 0.0.3, 4.3 NEW_FRIEND_REQUEST", "a user wants to be a friend"),
    // As the specification spells it, and as it is meant.
    push("ENTER_ROOOM_REQUEST", "SCRP 0.0.3, 4.4 ENTER_ROOOM_REQUEST", "a user wants to enter a room"),
    push("ENTER_ROOM_REQUEST", "SCRP 0.0.3, 4.4 ENTER_ROOOM_REQUEST", "a user wants to enter a room", Origin::Observed),
    push("USER_LEAVE_ROOM", "SCRP 0.0.3, 4.5 USER_LEAVE_ROOM", "a user left a room"),
    push("APPOINTED_AS_ADMIN", "SCRP 0.0.3, 4.6 APPOINTED_AS_ADMIN", "the user was made admin of a room"),
    push("FORCED_TO_LOGGED_OFF", "SCRP 0.0.3, 4.7 FORCED_TO_LOGGED_OFF", "the server logged the user off"),
};

// --- lookup ---------------------------------------------------------------------------------------------------------

// Lengths differ more than letters do: most steps of the search compare two numbers.
constexpr bool comes_before(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

constexpr auto kByName = [] {
  std::array<std::uint8_t, std::size(kMessages)> order{};
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint8_t>(i);
  std::ranges::sort(order, comes_before, [](std::uint8_t i) { return kMessages[i].name; });
  return order;
}();
constexpr std::size_t kLongestName = kMessages[kByName.back()].name.size();

constexpr std::size_t kResponseRow =
    static_cast<std::size_t>(std::ranges::find(kMessages, kResponseType, &MessageType::name) - std::begin(kMessages));

constexpr char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

constinit const MessageType kRequest{.name = "request",
                                     .from_client = true,
                                     .role = Role::Request,
                                     .section = "SCRP 0.0.3, 2 Request & Response",
                                     .meaning = "any request",
                                     .fields = kBareFields,
                                     .fields_open = true};

constinit const MessageType kPush = push("push", "SCRP 0.0.3, 4 Server push", "any push");

const MessageType& response_type() {
  return kMessages[kResponseRow];
}

const MessageType* find_method(std::string_view name) {
  if (name.size() > kLongestName) return nullptr;
  char buffer[kLongestName];
  std::ranges::transform(name, buffer, upper);
  const std::string_view wanted(buffer, name.size());
  const auto found =
      std::ranges::lower_bound(kByName, wanted, comes_before, [](std::uint8_t i) { return kMessages[i].name; });
  return found != kByName.end() && kMessages[*found].name == wanted ? &kMessages[*found] : nullptr;
}

const Code* find_code(std::string_view number) {
  const auto found = std::ranges::lower_bound(kCodes, number, {}, &Code::value);
  return found != std::end(kCodes) && found->value == number ? found : nullptr;
}

Recognition recognize(const JsonIndex& json) {
  const JsonNode* method = json.find("method");
  if (json.find("req_id") != nullptr && method != nullptr) return {Evidence::Strong, Direction::Client};
  const JsonNode* err = json.find("err");
  if (json.find("resp_id") != nullptr && err != nullptr) return {Evidence::Strong, Direction::Server};
  // What the public server sends, and pushes: little to go by.
  if (err != nullptr && err->kind == JsonKind::Integer) {
    const bool is_known = find_code(json.value(*err)) != nullptr;
    return {is_known ? Evidence::Weak : Evidence::None, Direction::Server};
  }
  if (method == nullptr || method->kind != JsonKind::String) return {};
  const MessageType* row = find_method(json.value(*method));
  if (row == nullptr) return {};
  if (row->role == Role::Push) return {Evidence::Strong, Direction::Server};
  return {Evidence::Weak, Direction::Client};
}

constinit const Protocol kProtocol{.name = "scrp",
                                   .title = "Stupid Chat Room Protocol",
                                   .version = "0.0.3",
                                   .transport = "JSON over TCP or TLS, each behind its length",
                                   .ports = kPorts,
                                   .messages = kMessages,
                                   .enumerations = kEnumerations,
                                   .codes = kCodes,
                                   .rules = rules::kAll,
                                   .recognize = recognize,
                                   .make_dissector = make_dissector,
                                   .make_conformance = make_conformance,
                                   .summarize = summarize,
                                   .framing = StreamFraming::LengthPrefix,
                                   .has_ids = true,
                                   .orphan_answer = &rules::kOrphanResponse,
                                   .answered_twice = &rules::kOrphanResponse,
                                   .reused_id = &rules::kIdReused};

}  // namespace overhear::scrp
