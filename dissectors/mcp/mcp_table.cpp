#include "dissectors/mcp/mcp_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "dissectors/mcp/mcp.hpp"
#include "dissectors/mcp/mcp_images.hpp"
#include "dissectors/mcp/mcp_rules.hpp"

namespace overhear::mcp {
namespace {

constexpr std::uint16_t kPorts[] = {3072};

constexpr std::string_view kJavacat = "javacat (MCP 2.0.0)";
constexpr std::string_view kMiricat = "Miricat 2.1, Types";

constexpr EnumValue kVersionValues[] = {
    {"1.0.0", {}, "the first version: no rooms, types are numbers", Origin::Specified},
    {"2.0.0", {}, "adds rooms; types have no id", Origin::Specified},
    {"2.1.0", {}, "TCP only; adds ids to types", Origin::Specified},
};
constexpr Enumeration kVersions{"version", "MCP 2.1.0, Versions", kVersionValues};
constexpr const Enumeration* kEnumerations[] = {&kVersions};

// --- fields ---------------------------------------------------------------------------------------------------------

constexpr Field string(std::string_view name, std::string_view meaning, Presence presence = Presence::Required) {
  return {.name = name, .types = kString, .presence = presence, .meaning = meaning};
}
constexpr Field integer(std::string_view name, std::string_view meaning, Presence presence = Presence::Required) {
  return {.name = name, .types = kInteger, .presence = presence, .meaning = meaning};
}
constexpr Field secret(std::string_view name, std::string_view meaning) {
  return {.name = name, .types = kString, .meaning = meaning, .is_secret = true};
}
constexpr Field observed(std::string_view name, JsonTypes types, std::string_view meaning) {
  return {.name = name, .types = types, .presence = Presence::Optional, .meaning = meaning, .origin = Origin::Observed};
}
constexpr Field data(std::span<const Field> fields) {
  return {.name = "data", .types = kObject, .meaning = "the package's object", .fields = fields};
}

constexpr Field kType = string("type", "MajorType.MinorType.ID");
constexpr Field kNoData{.name = "data",
                        .types = kObject | kNull,
                        .presence = Presence::Optional,
                        .meaning = "nothing: the type has no object"};
constexpr Field kRoomOfPackage = integer("room", "room id");
// The dissector notes its absence: no public server sends it.
constexpr Field kRoomOfBroadcast = integer("room", "room id; public servers leave it out", Presence::Optional);
constexpr Field kRoom = integer("room", "room id");
// Present under one of the two names: the dissector sees to that.
constexpr Field kRoomOrId = integer("room", "room id; real servers call it id", Presence::Optional);
constexpr Field kIdOfRoom = observed("id", kInteger, "room id");
constexpr Field kRoomName = string("name", "room name");
constexpr Field kUsername = string("username", "user name");
constexpr Field kPassword = secret("password", "password");
constexpr Field kUser = string("user", "user name");
constexpr Field kTime{.name = "time",
                      .types = kString | kNumber,
                      .meaning = "message timestamp; real servers send milliseconds since 1970"};
constexpr Field kText = string("text", "what is said", Presence::Optional);
constexpr Field kOldText = observed("message", kString, "what is said, as old servers call it");

constexpr Field kMiricatUserFields[] = {
    {.name = "id", .types = kString | kInteger, .meaning = "user id"},
    kUsername,
    {.name = "avatar",
     .types = kString | kInteger | kNull,
     .presence = Presence::Optional,
     .meaning = "avatar URL or file id"},
};
constexpr Field all_users(Presence presence = Presence::Required) {
  return {.name = "allUsers",
          .types = kArray,
          .presence = presence,
          .meaning = "the names of all users in the room; Miricat sends an object for each",
          .fields = kMiricatUserFields,
          .elements = kString | kObject};
}

constexpr Field kHandshakeData[] = {
    string("version", "MCP version"),
    string("publicKey", "public key for the Diffie-Hellman key exchange"),
};
constexpr Field kHandshakeFields[] = {kType, data(kHandshakeData)};

constexpr Field kBareFields[] = {kType, kNoData};

constexpr Field kCredentialsData[] = {kUsername, kPassword};
constexpr Field kCredentialsFields[] = {kType, data(kCredentialsData)};

constexpr Field kAcceptedRoom[] = {integer("id", "room id"), kRoomName, all_users()};
constexpr Field kAcceptedData[] = {
    {.name = "rooms", .types = kArray, .meaning = "all rooms", .fields = kAcceptedRoom, .elements = kObject},
    // The dissector notes its absence: old servers do not send it.
    integer("heartbeatRate", "heartbeat rate in milliseconds", Presence::Optional),
    observed("http", kString, "where the server's HTTP side is"),
};
constexpr Field kAcceptedFields[] = {kType, data(kAcceptedData)};
constexpr Field kTokenData[] = {secret("accessToken", "access token for the server's HTTP side")};
constexpr Field kTokenFields[] = {kType, data(kTokenData)};

constexpr Field kCreateTextData[] = {kText, kOldText};
constexpr Field kCreateTextFields[] = {kType, data(kCreateTextData), kRoomOfPackage};
constexpr Field kTextData[] = {kText, kUser, kTime, kOldText};
constexpr Field kTextFields[] = {kType, data(kTextData), kRoomOfBroadcast};
constexpr std::string_view kImageScheme = "mcp_image://";
constexpr Form kReference{
    .meaning = "mcp_image:// and the id of an image",
    .example = "mcp_image://17",
    .section = "MCP 2.1.0, Message.CreateImageMessage",
    .rule = &rules::kImageReference,
    .fits = [](std::string_view meaning) { return meaning.starts_with(kImageScheme) && meaning != kImageScheme; }};
// One of the two: the dissector sees to that.
constexpr Field kCreateImageData[] = {
    string("url", "image URL", Presence::Optional),
    {.name = "image",
     .types = kString,
     .presence = Presence::Optional,
     .meaning = "mcp_image:// and the id of an image on the server",
     .form = &kReference},
};
constexpr Field kCreateImageFields[] = {kType, data(kCreateImageData), kRoomOfPackage};
constexpr Field kImageData[] = {string("image", "image URL"), kUser, kTime};
constexpr Field kImageFields[] = {kType, data(kImageData), kRoomOfBroadcast};

constexpr Field kImageId = string("id", "image id");
constexpr Field kFileName = string("name", "image name");
constexpr Field kFileSize = integer("size", "image size in bytes");
constexpr Field kFileType = string("type", "image type, MIME");
constexpr Field kUploadData[] = {kFileName, kFileSize, kFileType};
constexpr Field kUploadFields[] = {kType, data(kUploadData)};
constexpr Form kBase64{.meaning = "base64",
                       .example = "aW1hZ2U=",
                       .section = "MCP 2.1.0, File.ImageUploadPart",
                       .rule = &rules::kNotBase64,
                       .fits = is_base64};
constexpr Field kPartData[] = {
    kImageId,
    integer("part", "part number"),
    {.name = "data", .types = kString, .meaning = "image part in base64", .form = &kBase64},
};
constexpr Field kPartFields[] = {kType, data(kPartData)};
constexpr Field kImageIdData[] = {kImageId};
constexpr Field kImageIdFields[] = {kType, data(kImageIdData)};
constexpr Field kMetaData[] = {kImageId, kFileName, kFileSize, kFileType};
constexpr Field kMetaFields[] = {kType, data(kMetaData)};
constexpr Field kRejectedFields[] = {kType, {.name = "data", .types = kNull, .meaning = "null"}};

constexpr Field kUsernameData[] = {kUsername};
constexpr Field kUsernameFields[] = {kType, data(kUsernameData)};
constexpr Field kUserUpdateData[] = {
    {.name = "username",
     .types = kString | kNull,
     .presence = Presence::Optional,
     .meaning = "new name; null: as it was"},
    {.name = "password",
     .types = kString | kNull,
     .presence = Presence::Optional,
     .meaning = "new password; null: as it was",
     .is_secret = true},
    {.name = "avatar",
     .types = kString | kInteger | kNull,
     .presence = Presence::Optional,
     .meaning = "new avatar; null: as it was"},
};
constexpr Field kUserUpdateFields[] = {kType, data(kUserUpdateData)};
constexpr Field kUserUpdatedData[] = {
    {.name = "id", .types = kString | kInteger, .meaning = "user id"},
    {.name = "username",
     .types = kString | kNull,
     .presence = Presence::Optional,
     .meaning = "new name; null: as it was"},
    {.name = "avatar",
     .types = kString | kInteger | kNull,
     .presence = Presence::Optional,
     .meaning = "new avatar; null: as it was"},
};
constexpr Field kUserUpdatedFields[] = {kType, data(kUserUpdatedData)};
constexpr Field kUserInfoFields[] = {kType, data(kMiricatUserFields)};

constexpr Field kRoomNameData[] = {kRoomName};
constexpr Field kRoomNameFields[] = {kType, data(kRoomNameData)};
constexpr Field kRoomData[] = {kRoom};
constexpr Field kRoomFields[] = {kType, data(kRoomData)};
constexpr Field kRoomAndNameData[] = {kRoom, kRoomName};
constexpr Field kRoomAndNameFields[] = {kType, data(kRoomAndNameData)};
constexpr Field kCreatedData[] = {
    kRoomOrId,
    kRoomName,
    kIdOfRoom,
    observed("allUsers", kArray, "the names of all users in the room"),
};
constexpr Field kCreatedFields[] = {kType, data(kCreatedData)};
constexpr Field kJoinedData[] = {kRoom, kUser, all_users()};
constexpr Field kJoinedFields[] = {kType, data(kJoinedData)};
constexpr Field kLeftData[] = {kRoom, kUser};
constexpr Field kLeftFields[] = {kType, data(kLeftData)};
constexpr Field kListFields[] = {
    kType, {.name = "data", .types = kArray, .meaning = "all rooms", .fields = kCreatedData, .elements = kObject}};

constexpr Field kErrorData[] = {string("message", "error message")};
constexpr Field kErrorFields[] = {kType,
                                  // The dissector notes a null: javacat sends nothing else.
                                  {.name = "data",
                                   .types = kObject | kNull,
                                   .meaning = "the error's object; null from javacat",
                                   .fields = kErrorData}};

constexpr Field kPackageFields[] = {
    kType,
    {.name = "data", .types = kAnyType, .presence = Presence::Optional, .meaning = "the package's object"},
    {.name = "room", .types = kAnyType, .presence = Presence::Optional, .meaning = "room id, for messages"}};

// --- answers and error codes ----------------------------------------------------------------------------------------

using Names = std::string_view;
constexpr Names kHandshakeAnswers[] = {"Handshake.Handshake"};
constexpr Names kAcceptedAnswers[] = {"Authentication.Accepted"};
constexpr Names kTextAnswers[] = {"Message.TextMessage"};
constexpr Names kImageAnswers[] = {"Message.ImageMessage"};
constexpr Names kUploadAnswers[] = {"File.ImageUploadAccepted", "File.ImageDownloadAccepted",
                                    "File.ImageUploadRejected"};
constexpr Names kUploadedAnswers[] = {"File.ImageUploadCompleted"};
// The objects of part and end are headed "Download" and typed "Upload".
constexpr Names kDownloadAnswers[] = {"File.ImageDownloadMeta", "File.ImageDownloadPart", "File.ImageDownloadCompleted",
                                      "File.ImageUploadPart", "File.ImageUploadCompleted"};
constexpr Names kUserCreateAnswers[] = {"User.Created"};
constexpr Names kUserDeleteAnswers[] = {"User.Deleted"};
constexpr Names kUserUpdateAnswers[] = {"User.Updated"};
constexpr Names kUserInfoAnswers[] = {"User.Info"};
constexpr Names kRoomCreateAnswers[] = {"Room.Created"};
constexpr Names kRoomJoinAnswers[] = {"Room.Joined"};
constexpr Names kRoomLeaveAnswers[] = {"Room.Left"};
constexpr Names kRoomDeleteAnswers[] = {"Room.Deleted"};
constexpr Names kRoomUpdateAnswers[] = {"Room.Updated"};
constexpr Names kRoomListAnswers[] = {"Room.List"};

constexpr Names kHandshakeCodes[] = {"UnsupportedVersion", "PacketDataIncorrect"};
constexpr Names kLoginCodes[] = {"UserPasswordRequired", "UserPasswordInvalid", "UserNotFound",
                                 "AuthDataIncorrect",    "AuthDataInvalid",     "PacketDataIncorrect"};
constexpr Names kRegisterCodes[] = {"UserPasswordRequired", "UserAlreadyExists", "AuthDataIncorrect", "AuthDataInvalid",
                                    "PacketDataIncorrect"};
constexpr Names kMessageCodes[] = {"MessageDataIncorrect", "MessageInvalid",    "RoomDontExists",     "RoomNotFound",
                                   "UserDontConnected",    "RoomDataIncorrect", "PacketDataIncorrect"};
constexpr Names kFileCodes[] = {"AccessDenied", "PacketDataIncorrect"};
constexpr Names kUserCreateCodes[] = {"UserAlreadyExists", "UserPasswordRequired", "AccessDenied",
                                      "PacketDataIncorrect"};
constexpr Names kUserCodes[] = {"UserNotFound", "AccessDenied", "PacketDataIncorrect"};
constexpr Names kRoomCreateCodes[] = {"RoomAlreadyExists", "RoomDataIncorrect", "AccessDenied", "PacketDataIncorrect"};
constexpr Names kRoomJoinCodes[] = {"RoomNotFound", "RoomDontExists", "RoomDataIncorrect", "AccessDenied",
                                    "PacketDataIncorrect"};
constexpr Names kRoomLeaveCodes[] = {"UserDontConnected", "RoomNotFound", "RoomDontExists", "RoomDataIncorrect",
                                     "PacketDataIncorrect"};
constexpr Names kRoomDeleteCodes[] = {"AccessDenied", "RoomDontExists", "RoomNotFound", "RoomDataIncorrect",
                                      "PacketDataIncorrect"};
constexpr Names kRoomUpdateCodes[] = {"AccessDenied",      "RoomDontExists",    "RoomNotFound",
                                      "RoomAlreadyExists", "RoomDataIncorrect", "PacketDataIncorrect"};
constexpr Names kListCodes[] = {"AccessDenied", "PacketDataIncorrect"};

constexpr std::string_view kErrors = "MCP 2.1.0, Error";
constexpr std::string_view kAuthProse = "MCP 2.1.0, Authentication";
constexpr std::string_view kMessageProse = "MCP 2.1.0, Messages";
constexpr Code kCodes[] = {
    {"UserPasswordRequired", {}, kErrors, "a password must be given"},
    {"UserPasswordInvalid", {}, kErrors, "the password is wrong"},
    {"UserNotFound", {}, kErrors, "there is no such user"},
    {"UnsupportedVersion", {}, kErrors, "the version is not supported"},
    {"UserAlreadyExists", {}, kErrors, "the user exists already"},
    {"PacketDataIncorrect", {}, kErrors, "the package is invalid"},
    {"AuthDataIncorrect", {}, kErrors, "the authentication data is invalid"},
    {"MessageDataIncorrect", {}, kErrors, "the message is invalid"},
    {"UserDontConnected", {}, kErrors, "the user is not in the room"},
    {"RoomNotFound", {}, kErrors, "no such room"},
    {"RoomAlreadyExists", {}, kErrors, "the room's name is taken"},
    {"RoomDataIncorrect", {}, kErrors, "the room data is invalid"},
    {"RoomDontExists", {}, kErrors, "the room does not exist"},
    {"AccessDenied", {}, kErrors, "only root may do that"},
    {"HeartbeatTimeout", {}, "MCP 2.1.0, Heartbeat", "no heartbeat came in time: the server disconnects"},
    // Named in the running text only, where the list of types has AuthDataIncorrect and MessageDataIncorrect.
    {"AuthDataInvalid", {}, kAuthProse, "the user data is invalid"},
    {"MessageInvalid", {}, kMessageProse, "the message is invalid"},
};

// --- message types --------------------------------------------------------------------------------------------------

constexpr MessageType request(std::string_view name, std::string_view section, std::string_view meaning,
                              std::span<const Field> fields, std::span<const Names> answers,
                              std::span<const Names> codes) {
  return {.name = name,
          .from_client = true,
          .role = Role::Request,
          .section = section,
          .meaning = meaning,
          .fields = fields,
          .answers = answers,
          .codes = codes};
}
constexpr MessageType answer(std::string_view name, std::string_view section, std::string_view meaning,
                             std::span<const Field> fields) {
  return {.name = name,
          .from_server = true,
          .role = Role::Answer,
          .section = section,
          .meaning = meaning,
          .fields = fields};
}
// Goes to all whom it concerns; with the id of the request where it answers one.
constexpr MessageType push(std::string_view name, std::string_view section, std::string_view meaning,
                           std::span<const Field> fields) {
  MessageType type = answer(name, section, meaning, fields);
  type.role = Role::Push;
  return type;
}
constexpr MessageType error(std::string_view name, std::string_view section, std::string_view meaning) {
  return answer(name, section, meaning, kErrorFields);
}
constexpr MessageType both_ways(MessageType type) {
  type.from_client = type.from_server = true;
  return type;
}
constexpr MessageType observed(MessageType type) {
  type.origin = Origin::Observed;
  type.reply = Reply::Optional;
  return type;
}

constexpr MessageType replied(MessageType type, Reply reply, Times times = Times::Once) {
  type.reply = reply;
  type.times = times;
  return type;
}

constexpr MessageType kMessages[] = {
    both_ways(request("Handshake.Handshake", "MCP 2.1.0, Handshake", "offers a version and a public key",
                      kHandshakeFields, kHandshakeAnswers, kHandshakeCodes)),
    {.name = "Heartbeat.Ping",
     .from_client = true,
     .section = "MCP 2.1.0, Heartbeat",
     .meaning = "keeps the connection alive; is not answered",
     .fields = kBareFields},

    request("Authentication.Login", "MCP 2.1.0, Authentication.Login", "logs in", kCredentialsFields, kAcceptedAnswers,
            kLoginCodes),
    request("Authentication.Register", "MCP 2.1.0, Authentication.Register", "registers a new user", kCredentialsFields,
            kAcceptedAnswers, kRegisterCodes),
    answer("Authentication.Accepted", "MCP 2.1.0, Authentication.Accepted", "the client is in; lists the rooms",
           kAcceptedFields),
    observed(push("Authentication.UpdateAccessToken", kJavacat, "a token for the server's HTTP side", kTokenFields)),

    request("Message.CreateTextMessage", "MCP 2.1.0, Message.CreateTextMessage", "says something in a room",
            kCreateTextFields, kTextAnswers, kMessageCodes),
    push("Message.TextMessage", "MCP 2.1.0, Message.TextMessage", "somebody said something", kTextFields),
    request("Message.CreateImageMessage", "MCP 2.1.0, Message.CreateImageMessage", "shows an image in a room",
            kCreateImageFields, kImageAnswers, kMessageCodes),
    push("Message.ImageMessage", "MCP 2.1.0, Message.ImageMessage", "somebody showed an image", kImageFields),

    replied(request("File.RequestImageUpload", "MCP 2.1.0, File.RequestImageUpload", "asks to upload an image",
                    kUploadFields, kUploadAnswers, kFileCodes),
            Reply::Customary),
    answer("File.ImageUploadAccepted", "MCP 2.1.0, Types", "the upload may begin", kMetaFields),
    // The same object under the name of its heading.
    answer("File.ImageDownloadAccepted", "MCP 2.1.0, File.ImageDownloadAccepted", "the upload may begin", kMetaFields),
    answer("File.ImageUploadRejected", "MCP 2.1.0, File.ImageUploadRejected", "the upload is refused", kRejectedFields),
    // From the server where a download's part and end are typed as their objects are written.
    replied(both_ways(request("File.ImageUploadPart", "MCP 2.1.0, File.ImageUploadPart", "a part of an image",
                              kPartFields, {}, kFileCodes)),
            Reply::Optional),
    replied(both_ways(request("File.ImageUploadCompleted", "MCP 2.1.0, File.ImageUploadCompleted",
                              "the image is complete", kImageIdFields, kUploadedAnswers, kFileCodes)),
            Reply::Optional),
    replied(request("File.RequestImageDownload", "MCP 2.1.0, File.RequestImageDownload", "asks for an image",
                    kImageIdFields, kDownloadAnswers, kFileCodes),
            Reply::Customary, Times::Many),
    answer("File.ImageDownloadMeta", "MCP 2.1.0, File.ImageDownloadMeta", "what image will come", kMetaFields),
    answer("File.ImageDownloadPart", "MCP 2.1.0, File.ImageDownloadPart", "a part of an image", kPartFields),
    answer("File.ImageDownloadCompleted", "MCP 2.1.0, File.ImageDownloadCompleted", "the image is complete",
           kImageIdFields),

    request("User.Create", "MCP 2.1.0, User.Create", "creates a user; only root may", kCredentialsFields,
            kUserCreateAnswers, kUserCreateCodes),
    push("User.Created", "MCP 2.1.0, User.Created", "a user was created", kUsernameFields),
    request("User.Delete", "MCP 2.1.0, User.Delete", "deletes a user; only root may", kUsernameFields,
            kUserDeleteAnswers, kUserCodes),
    push("User.Deleted", "MCP 2.1.0, User.Deleted", "a user was deleted", kUsernameFields),
    observed(request("User.Update", kMiricat, "changes name, password or avatar", kUserUpdateFields, kUserUpdateAnswers,
                     kUserCreateCodes)),
    observed(push("User.Updated", kMiricat, "a user was changed", kUserUpdatedFields)),
    observed(request("User.GetInfo", kMiricat, "asks about a user", kUsernameFields, kUserInfoAnswers, kUserCodes)),
    observed(answer("User.Info", kMiricat, "about a user", kUserInfoFields)),

    request("Room.Create", "MCP 2.1.0, Room.Create", "creates a room; only root may", kRoomNameFields,
            kRoomCreateAnswers, kRoomCreateCodes),
    push("Room.Created", "MCP 2.1.0, Room.Created", "a room was created", kCreatedFields),
    request("Room.Join", "MCP 2.1.0, Room.Join", "joins a room", kRoomFields, kRoomJoinAnswers, kRoomJoinCodes),
    push("Room.Joined", "MCP 2.1.0, Room.Joined", "somebody joined a room", kJoinedFields),
    request("Room.Leave", "MCP 2.1.0, Room.Leave", "leaves a room", kRoomFields, kRoomLeaveAnswers, kRoomLeaveCodes),
    push("Room.Left", "MCP 2.1.0, Room.Left", "somebody left a room", kLeftFields),
    request("Room.Delete", "MCP 2.1.0, Room.Delete", "deletes a room; only root may", kRoomFields, kRoomDeleteAnswers,
            kRoomDeleteCodes),
    push("Room.Deleted", "MCP 2.1.0, Room.Deleted", "a room was deleted", kRoomFields),
    request("Room.Update", "MCP 2.1.0, Room.Update", "renames a room; only root may", kRoomAndNameFields,
            kRoomUpdateAnswers, kRoomUpdateCodes),
    push("Room.Updated", "MCP 2.1.0, Room.Updated", "a room was renamed", kRoomAndNameFields),
    // javacat never answers it.
    replied(request("Room.RequireList", "MCP 2.1.0, Room.RequireList", "asks for the list of rooms", kBareFields,
                    kRoomListAnswers, kListCodes),
            Reply::Customary),
    answer("Room.List", "MCP 2.1.0, Room.List", "the list of rooms", kListFields),

    error("Error.UserPasswordRequired", kErrors, "a password must be given"),
    error("Error.UserPasswordInvalid", kErrors, "the password is wrong"),
    error("Error.UserNotFound", kErrors, "there is no such user"),
    error("Error.UnsupportedVersion", kErrors, "the version is not supported"),
    error("Error.UserAlreadyExists", kErrors, "the user exists already"),
    error("Error.PacketDataIncorrect", kErrors, "the package is invalid"),
    error("Error.AuthDataIncorrect", kErrors, "the authentication data is invalid"),
    error("Error.MessageDataIncorrect", kErrors, "the message is invalid"),
    error("Error.UserDontConnected", kErrors, "the user is not in the room"),
    error("Error.RoomNotFound", kErrors, "no such room"),
    error("Error.RoomAlreadyExists", kErrors, "the room's name is taken"),
    error("Error.RoomDataIncorrect", kErrors, "the room data is invalid"),
    error("Error.RoomDontExists", kErrors, "the room does not exist"),
    error("Error.AccessDenied", kErrors, "only root may do that"),
    push("Error.HeartbeatTimeout", "MCP 2.1.0, Heartbeat", "no heartbeat came in time: the server disconnects",
         kErrorFields),
    error("Error.AuthDataInvalid", kAuthProse, "the user data is invalid"),
    error("Error.MessageInvalid", kMessageProse, "the message is invalid"),
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

struct Dot {
  std::size_t at = 0;
  std::size_t length = 0;  // 0: there is none
};

Dot find_dot(std::string_view text, std::size_t from, bool has_escapes) {
  if (!has_escapes) {
    const std::size_t at = text.find('.', from);
    return at == std::string_view::npos ? Dot{} : Dot{at, 1};
  }
  constexpr std::size_t kUnit = 6;  // \u002e
  for (std::size_t at = from; at < text.size();) {
    if (text[at] == '.') return {at, 1};
    if (text[at] != '\\') {
      ++at;
    } else if (text.substr(at + 1, 1) == "u") {
      const std::string_view digits = text.substr(at + 2, 4);
      if (digits == "002e" || digits == "002E") return {at, kUnit};
      at += kUnit;
    } else {
      at += 2;
    }
  }
  return {};
}

bool is_shape_of(const JsonIndex& json, const MessageType& type) {
  const JsonNode* object = json.find("data");
  if (object == nullptr) return true;
  for (const Field& field : type.fields) {
    if (field.name == "data") return (type_bit(object->kind) & (field.types | kNull)) != 0;
  }
  return true;
}

}  // namespace

constinit const MessageType kPackage{.name = "MajorType.MinorType",
                                     .from_client = true,
                                     .from_server = true,
                                     .section = "MCP 2.1.0, Packages",
                                     .meaning = "any package",
                                     .fields = kPackageFields};

const MessageType* find_type(std::string_view name) {
  const auto found =
      std::ranges::lower_bound(kByName, name, comes_before, [](std::uint8_t i) { return kMessages[i].name; });
  return found != kByName.end() && kMessages[*found].name == name ? &kMessages[*found] : nullptr;
}

const MessageType* find_type(std::string_view name, bool has_escapes, std::string& scratch) {
  if (!has_escapes) return find_type(name);
  scratch.clear();
  append_unescaped(scratch, name);
  return find_type(scratch);
}

TypeParts split_type(std::string_view type, bool has_escapes) {
  Dot dot = find_dot(type, 0, has_escapes);
  if (dot.length > 0) dot = find_dot(type, dot.at + dot.length, has_escapes);
  if (dot.length == 0) return {type, {}};
  return {type.substr(0, dot.at), type.substr(dot.at + dot.length)};
}

Recognition recognize(const JsonIndex& json) {
  const JsonNode* type = json.find("type");
  if (type == nullptr || type->kind != JsonKind::String) return {};
  std::string scratch;
  const MessageType* row = find_type(split_type(json.value(*type), type->has_escapes).name, type->has_escapes, scratch);
  if (row == nullptr) return {};
  if (!is_shape_of(json, *row)) return {Evidence::Weak, {}};
  if (row->from_client && row->from_server) return {Evidence::Strong, {}};
  return {Evidence::Strong, row->from_client ? Direction::Client : Direction::Server};
}

constinit const Protocol kProtocol{.name = "mcp",
                                   .title = "Miricat Chat Protocol",
                                   .version = "2.1.0",
                                   .transport = "JSON over TCP, AES-256-CTR behind a Diffie-Hellman handshake",
                                   .ports = kPorts,
                                   .messages = kMessages,
                                   .enumerations = kEnumerations,
                                   .codes = kCodes,
                                   .rules = rules::kAll,
                                   .recognize = recognize,
                                   .make_dissector = make_dissector,
                                   .make_conformance = make_conformance,
                                   .summarize = summarize,
                                   .framing = StreamFraming::Mcp,
                                   .has_ids = true,
                                   .orphan_answer = &rules::kOrphanAnswer,
                                   .answered_twice = &rules::kAnsweredTwice,
                                   .reused_id = &rules::kReusedId,
                                   .by_session = &rules::kMissingId,
                                   .leaves_with_session = true};

}  // namespace overhear::mcp
