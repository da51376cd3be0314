#include "dissectors/gradagenda/gradagenda_table.hpp"

#include "dissectors/app_rules.hpp"
#include "dissectors/field_text.hpp"
#include "dissectors/gradagenda/gradagenda.hpp"
#include "dissectors/gradagenda/gradagenda_rules.hpp"

namespace overhear::gradagenda {
namespace {

// The specification names no port; these are where servers were seen to listen.
constexpr std::uint16_t kPorts[] = {8080, 80, 8765, 8443};

constexpr std::string_view kActionsSection = "GradAgenda, 3";
constexpr std::string_view kBatchSection = "GradAgenda, 3.4";

constexpr EnumValue kTypeValues[] = {
    {"authenticate", {}, "performs authentication"},
    {"request-direct-session-info", {}, "asks for a direct session"},
    {"request-mutable-session-creation", {}, "asks for a new group"},
    {"request-mutable-session-modification", {}, "asks for other participants of a group"},
    {"request-mutable-session-deletion", {}, "asks for the end of a group"},
    {"request-mutable-session-listing", {}, "asks for the groups that the client is in"},
    {"request-sending-a-message", {}, "says something in a session"},
    {"status-response", {}, "answers an action"},
    {"providing-session-info", {}, "tells of a session"},
    {"message-broadcast", {}, "what was said in a session"},
    {"batch-mode-action", {}, "several actions in one"},
};
constexpr Enumeration kTypes{"type", kActionsSection, kTypeValues};

constexpr EnumValue kStatusValues[] = {{"succeeded", {}, "the action was carried out"},
                                       {"failed", {}, "the action was not carried out"}};
constexpr Enumeration kStatuses{"status", "GradAgenda, 3.3.1", kStatusValues};

constexpr EnumValue kSessionTypeValues[] = {{"direct", {}, "between two users, never changes"},
                                            {"mutable", {}, "a group chat"}};
constexpr Enumeration kSessionTypes{"session-type", "GradAgenda, 3.3.2", kSessionTypeValues};

constexpr EnumValue kSessionStatusValues[] = {
    {"created", {}, "the session is new"},
    {"modified", {}, "its participants changed"},
    {"deleted", {}, "the session is no more"},
    {"unchanged", {}, "nothing changed; always so for a direct session"},
};
constexpr Enumeration kSessionStatuses{"status", "GradAgenda, 3.3.2", kSessionStatusValues};

constexpr EnumValue kMessageTypeValues[] = {{"text", {}, "the only type so far"}};
constexpr Enumeration kMessageTypes{"message type", "GradAgenda, 3.1", kMessageTypeValues};

constexpr const Enumeration* kEnumerations[] = {&kTypes, &kStatuses, &kSessionTypes, &kSessionStatuses, &kMessageTypes};

// IDs have no type in the specification: text and numbers are both right.
constexpr JsonTypes kId = kString | kInteger;

constexpr Field kCdid{.name = "cdid", .types = kString, .meaning = "client defined identifier of the action"};
constexpr Field kServerCdid{.name = "cdid",
                            .types = kString,
                            .presence = Presence::Optional,
                            .meaning = "client defined identifier; a server needs none"};
constexpr Field kType{.name = "type", .types = kString, .meaning = "action type", .values = &kTypes};
constexpr Field kSessionId{.name = "session-id", .types = kId, .meaning = "ID of the session"};
constexpr Field kParticipants{
    .name = "user-id", .types = kArray, .meaning = "user IDs of the participants", .elements = kId};
constexpr Field kTimestamp{
    .name = "sender-timestamp", .types = kNumber, .meaning = "when it was sent, milliseconds since the epoch"};

constexpr Field kMessageParts[] = {
    {.name = "type", .types = kString, .meaning = "type of the message", .values = &kMessageTypes},
    {.name = "body", .types = kString, .meaning = "what is said"},
};
constexpr Field kMessage{.name = "message", .types = kObject, .meaning = "the message", .fields = kMessageParts};

constexpr Field kAuthenticateFields[] = {
    kCdid,
    kType,
    {.name = "user-id", .types = kId, .meaning = "user ID of the client"},
    {.name = "device-id", .types = kString, .meaning = "identifier of the device, the same at each login"},
    {.name = "token", .types = kString, .meaning = "authentication token from signing in", .is_secret = true},
};
constexpr Field kDirectInfoFields[] = {
    kCdid,
    kType,
    {.name = "user-id", .types = kId, .meaning = "ID of the user to chat with"},
};
constexpr Field kCreationFields[] = {kCdid, kType, kParticipants};
constexpr Field kModificationFields[] = {kCdid, kType, kSessionId, kParticipants};
constexpr Field kDeletionFields[] = {kCdid, kType, kSessionId};
constexpr Field kListingFields[] = {kCdid, kType};
constexpr Field kSendingFields[] = {kCdid, kType, kSessionId, kMessage, kTimestamp};
constexpr Field kStatusFields[] = {
    kCdid,
    kType,
    {.name = "status", .types = kString, .meaning = "whether the action succeeded", .values = &kStatuses},
    {.name = "message", .types = kString, .presence = Presence::Optional, .meaning = "describes the response"},
};
constexpr Field kInfoFields[] = {
    kType,
    kSessionId,
    {.name = "session-type", .types = kString, .meaning = "direct or mutable", .values = &kSessionTypes},
    {.name = "status", .types = kString, .meaning = "what happened to the session", .values = &kSessionStatuses},
    kParticipants,
};
constexpr Field kBroadcastFields[] = {
    kType,    kSessionId, {.name = "sender-id", .types = kId, .meaning = "ID of the user who said it"},
    kMessage, kTimestamp,
};
constexpr Field kActions{.name = "actions", .types = kArray, .meaning = "the individual actions", .elements = kObject};
constexpr Field kClientBatchFields[] = {kCdid, kType, kActions};
constexpr Field kServerBatchFields[] = {kServerCdid, kType, kActions};

constexpr std::string_view kStatusAnswer[] = {"status-response"};
constexpr std::string_view kInfoAnswer[] = {"status-response", "providing-session-info"};
constexpr std::string_view kListingAnswer[] = {"providing-session-info"};
constexpr std::string_view kSendingAnswer[] = {"status-response", "message-broadcast"};

constexpr MessageType request(std::string_view name, std::string_view section, std::string_view meaning,
                              std::span<const Field> fields, std::span<const std::string_view> answers,
                              Reply reply = Reply::Required, Times times = Times::OncePerType) {
  return {.name = name,
          .from_client = true,
          .role = Role::Request,
          .section = section,
          .meaning = meaning,
          .fields = fields,
          .answers = answers,
          .reply = reply,
          .times = times};
}

constexpr MessageType kMessages[] = {
    request("authenticate", "GradAgenda, 3.2.1", "performs authentication", kAuthenticateFields, kStatusAnswer,
            Reply::Required, Times::Once),
    request("request-direct-session-info", "GradAgenda, 3.2.2", "asks for the direct session with a user",
            kDirectInfoFields, kInfoAnswer),
    request("request-mutable-session-creation", "GradAgenda, 3.2.3", "asks for a new group", kCreationFields,
            kInfoAnswer),
    // The specification numbers two sections 3.2.4.
    request("request-mutable-session-modification", "GradAgenda, 3.2.4", "asks for other participants of a group",
            kModificationFields, kInfoAnswer,
            Reply::Customary),  // who is no participant any longer need not be told
    request("request-mutable-session-deletion", "GradAgenda, 3.2.4", "asks for the end of a group", kDeletionFields,
            kInfoAnswer),
    request("request-mutable-session-listing", "GradAgenda, 3.2.5", "asks for the groups that the client is in",
            kListingFields, kListingAnswer, Reply::Optional, Times::Many),  // there may be none
    request("request-sending-a-message", "GradAgenda, 3.2.6", "says something in a session", kSendingFields,
            kSendingAnswer),
    {.name = "status-response",
     .from_server = true,
     .role = Role::Answer,
     .section = "GradAgenda, 3.3.1",
     .meaning = "how the action of this cdid ended",
     .fields = kStatusFields},
    {.name = "providing-session-info",
     .from_server = true,
     .role = Role::Push,
     .section = "GradAgenda, 3.3.2",
     .meaning = "what a session is and who is in it",
     .fields = kInfoFields},
    {.name = "message-broadcast",
     .from_server = true,
     .role = Role::Push,
     .section = "GradAgenda, 3.3.3",
     .meaning = "what was said in a session",
     .fields = kBroadcastFields},
    {.name = kBatchType,
     .from_client = true,
     .role = Role::Request,
     .section = kBatchSection,
     .meaning = "several actions in one, from a client",
     .fields = kClientBatchFields,
     .answers = kStatusAnswer,
     .reply = Reply::Optional},  // its actions are answered
    {.name = kBatchType,
     .from_server = true,
     .role = Role::Push,
     .section = kBatchSection,
     .meaning = "several actions in one, from the server",
     .fields = kServerBatchFields},
};

constexpr Field kEnvelopeFields[] = {kType};

}  // namespace

constexpr MessageType kEnvelope{
    .name = {}, .section = kActionsSection, .meaning = {}, .fields = kEnvelopeFields, .fields_open = true};

const MessageType* find_type(std::string_view name, Direction direction) {
  for (const MessageType& row : kMessages) {
    if (row.name != name) continue;
    const bool is_other_batch = name == kBatchType && row.from_client != (direction == Direction::Client);
    if (!is_other_batch) return &row;
  }
  return nullptr;
}

Recognition recognize(const JsonIndex& json) {
  const JsonNode* type = json.find("type");
  if (!is_string(type)) return {};
  const bool has_cdid = is_string(json.find("cdid"));
  std::string scratch;
  const std::string_view name = meaning_of(json, type, scratch);
  const MessageType* row = find_type(name, has_cdid ? Direction::Client : Direction::Server);
  if (row == nullptr) return {has_cdid ? Evidence::Weak : Evidence::None, std::nullopt};
  return {Evidence::Strong, row->from_client ? Direction::Client : Direction::Server};
}

constexpr Protocol kProtocol{
    .name = "gradagenda",
    .title = "GradAgenda chat",
    .version = "2014-07-27",
    .transport = "JSON in WebSocket text frames, over TLS in production",
    .ports = kPorts,
    .messages = kMessages,
    .enumerations = kEnumerations,
    .codes = {},
    .rules = ga_rules::kAll,
    .recognize = recognize,
    .make_dissector = make_dissector,
    .make_conformance = make_conformance,
    .summarize = summarize,
    .summarize_action = summarize_action,
    .framing = StreamFraming::WebSocket,
    .has_ids = true,
    .waiting_requests = 32,
    .orphan_answer = &app_rules::kOrphanAnswer,
    .answered_twice = &app_rules::kAnsweredTwice,
    .frame_limit = ga_rules::kFrameBytes,
    .over_frame_limit = &ga_rules::kFrameLimit,
};

}  // namespace overhear::gradagenda
