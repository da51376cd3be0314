#include "dissectors/chatmaster/chatmaster_table.hpp"

#include "dissectors/app_rules.hpp"
#include "dissectors/chatmaster/chatmaster.hpp"
#include "dissectors/chatmaster/chatmaster_rules.hpp"
#include "dissectors/field_text.hpp"

namespace overhear::chatmaster {
namespace {

constexpr std::uint16_t kPorts[] = {9000};

constexpr std::string_view kTypesSection = "ChatMaster 3000, Package Types";
constexpr std::string_view kMessageSection = "ChatMaster 3000, Message";
constexpr std::string_view kCommandSection = "ChatMaster 3000, Command";
constexpr std::string_view kRequestSection = "ChatMaster 3000, Request";
constexpr std::string_view kNotificationSection = "ChatMaster 3000, Notification";
constexpr std::string_view kSessionSection = "ChatMaster 3000, Session";
constexpr std::string_view kErrorSection = "ChatMaster 3000, Error";

constexpr EnumValue kTypeValues[] = {
    {"message", {}, "a chat message"},
    {"command", {}, "from a user, to be carried out by the server"},
    {"request", {}, "asks a client for something"},
    {"notification", {}, "tells clients of an event"},
    {"session", {}, "whether the client joined the server"},
    {"error", {}, "a command failed"},
};
constexpr Enumeration kTypes{"type", kTypesSection, kTypeValues};

constexpr EnumValue kCommandValues[] = {
    {"login", {}, "enters the server under a name"},
    {"rename", {}, "takes another name"},
    {"join", {}, "joins or creates a channel"},
    {"leave", {}, "leaves the current channel"},
    {"private", {}, "sets the current channel to private"},
    {"public", {}, "sets the current channel to public"},
    {"channels", {}, "asks for the public channels"},
    {"channel_list", {}, "the same, as real clients say it", Origin::Observed},
};
constexpr Enumeration kCommands{"command", "ChatMaster 3000, Commands", kCommandValues};

constexpr EnumValue kRequestValues[] = {{"login", {}, "asks for the user's name"}};
constexpr Enumeration kRequests{"request", "ChatMaster 3000, Requests", kRequestValues};

constexpr EnumValue kEventValues[] = {
    {"channel_list", {}, "the public channels"},
    {"user_joined", {}, "a user came"},
    {"user_left", {}, "a user left"},
    {"user_rename", {}, "a user took another name"},
};
constexpr Enumeration kEvents{"event_type", "ChatMaster 3000, Notifications", kEventValues};

// The text says boolean, the examples write numbers; real servers send true and false.
constexpr EnumValue kAcceptedValues[] = {{"1", "accepted", "joined the server"},
                                         {"true", "accepted", "joined the server"}};
constexpr EnumValue kRefusedValues[] = {{"0", "refused", "the name is taken"},
                                        {"false", "refused", "the name is taken"}};
constexpr Enumeration kAccepted{"status", kSessionSection, kAcceptedValues};
constexpr Enumeration kRefused{"status", kSessionSection, kRefusedValues};

constexpr const Enumeration* kEnumerations[] = {&kTypes, &kCommands, &kRequests, &kEvents, &kAccepted, &kRefused};

// --- fields

constexpr Field kType{.name = "type", .types = kString, .meaning = "package type", .values = &kTypes};
constexpr Field kCommandName{.name = "command", .types = kString, .meaning = "what to do", .values = &kCommands};
constexpr Field kEventName{.name = "event_type", .types = kString, .meaning = "what happened", .values = &kEvents};

// null: a user that the server let in without a name; the dissector says so.
constexpr Field name_field(std::string_view name, std::string_view meaning) {
  return {.name = name, .types = kString | kNull, .meaning = meaning};
}
constexpr Field data_of(std::span<const Field> fields) {
  return {.name = "data", .types = kObject, .meaning = "what the package carries", .fields = fields};
}
constexpr Field parameters_of(std::span<const Field> fields) {
  return {.name = "parameters", .types = kObject, .meaning = "the fields of the command or event", .fields = fields};
}

constexpr Field kNameParameters[] = {{.name = "username", .types = kString, .meaning = "the name to bear"}};
constexpr Field kChannelParameters[] = {{.name = "channel", .types = kString, .meaning = "the channel to be in"}};
constexpr Field kNoParameters{.name = "parameters",
                              .types = kNull | kObject | kArray,
                              .presence = Presence::Optional,
                              .meaning = "nothing; real clients send null"};
constexpr Field kChannels{.name = "channels", .types = kArray, .meaning = "public channels", .elements = kString};

constexpr Field kMessageText{.name = "message", .types = kString, .meaning = "what is said"};
constexpr Field kMessageData[] = {kMessageText, name_field("username", "who says it")};
constexpr Field kClientMessageData[] = {kMessageText};
constexpr Field kNameCommandData[] = {kCommandName, parameters_of(kNameParameters)};
constexpr Field kChannelCommandData[] = {kCommandName, parameters_of(kChannelParameters)};
constexpr Field kBareCommandData[] = {kCommandName, kNoParameters};
constexpr Field kRequestData[] = {
    {.name = "request", .types = kString, .meaning = "what is asked for", .values = &kRequests}};

constexpr Field kListData[] = {kEventName, kChannels};
constexpr Field kUserData[] = {kEventName, name_field("username", "who it is")};
constexpr Field kRenameData[] = {kEventName, name_field("old_username", "who it was"),
                                 name_field("new_username", "who it is now")};

// The same as real servers send them.
constexpr Field kListParameters[] = {kChannels};
constexpr Field kUserParameters[] = {
    name_field("username", "who it is"),
    {.name = "channel", .types = kString | kNull, .presence = Presence::Optional, .meaning = "where it happened"},
    {.name = "current_users",
     .types = kArray,
     .presence = Presence::Optional,
     .meaning = "who is there now",
     .elements = kString | kNull},
};
constexpr Field kRenameParameters[] = {name_field("old_username", "who it was"),
                                       name_field("new_username", "who it is now")};
constexpr Field kNestedListData[] = {kEventName, parameters_of(kListParameters)};
constexpr Field kNestedUserData[] = {kEventName, parameters_of(kUserParameters)};
constexpr Field kNestedRenameData[] = {kEventName, parameters_of(kRenameParameters)};

constexpr Field kAcceptedData[] = {
    {.name = "status", .types = kBoolean | kInteger, .meaning = "whether the client joined", .values = &kAccepted},
    kChannels,
};
constexpr Field kRefusedData[] = {
    {.name = "status", .types = kBoolean | kInteger, .meaning = "whether the client joined", .values = &kRefused},
    {.name = "reason", .types = kString, .meaning = "why not"},
};
constexpr Field kErrorData[] = {
    {.name = "error_type", .types = kString, .meaning = "the command that failed", .values = &kCommands},
    {.name = "message", .types = kString, .meaning = "why, for people"},
};

constexpr Field kMessageFields[] = {kType, data_of(kMessageData)};
constexpr Field kClientMessageFields[] = {kType, data_of(kClientMessageData)};
constexpr Field kNameCommandFields[] = {kType, data_of(kNameCommandData)};
constexpr Field kChannelCommandFields[] = {kType, data_of(kChannelCommandData)};
constexpr Field kBareCommandFields[] = {kType, data_of(kBareCommandData)};
constexpr Field kRequestFields[] = {kType, data_of(kRequestData)};
constexpr Field kListFields[] = {kType, data_of(kListData)};
constexpr Field kUserFields[] = {kType, data_of(kUserData)};
constexpr Field kRenameFields[] = {kType, data_of(kRenameData)};
constexpr Field kNestedListFields[] = {kType, data_of(kNestedListData)};
constexpr Field kNestedUserFields[] = {kType, data_of(kNestedUserData)};
constexpr Field kNestedRenameFields[] = {kType, data_of(kNestedRenameData)};
constexpr Field kAcceptedFields[] = {kType, data_of(kAcceptedData)};
constexpr Field kRefusedFields[] = {kType, data_of(kRefusedData)};
constexpr Field kErrorFields[] = {kType, data_of(kErrorData)};

// --- rows

constexpr std::string_view kLoginAnswers[] = {"session", "error"};
constexpr std::string_view kListAnswers[] = {"notification/channel_list", "error"};
constexpr std::string_view kJoinAnswers[] = {"notification/user_joined", "error"};
constexpr std::string_view kRenameAnswers[] = {"notification/user_rename", "error"};
constexpr std::string_view kErrorAnswers[] = {"error"};
constexpr std::string_view kRequestAnswers[] = {"command/login"};

constexpr MessageType command(std::string_view name, std::string_view section, std::string_view meaning,
                              std::span<const Field> fields, std::span<const std::string_view> answers, Reply reply,
                              Origin origin = Origin::Specified) {
  return {.name = name,
          .from_client = true,
          .role = Role::Request,
          .section = section,
          .meaning = meaning,
          .fields = fields,
          .answers = answers,
          .origin = origin,
          .reply = reply};
}

constexpr MessageType notification(std::string_view name, std::string_view section, std::string_view meaning,
                                   std::span<const Field> fields, Origin origin) {
  return {.name = name,
          .from_server = true,
          .role = Role::Push,
          .section = section,
          .meaning = meaning,
          .fields = fields,
          .origin = origin};
}

constexpr MessageType kMessages[] = {
    {.name = "message",
     .from_client = true,
     .from_server = true,
     .section = kMessageSection,
     .meaning = "a chat message from one user to the others",
     .fields = kMessageFields},
    {.name = "message",
     .from_client = true,
     .section = kMessageSection,
     .meaning = "the same as real clients send it: the server adds the name",
     .fields = kClientMessageFields,
     .origin = Origin::Observed},
    command("command/login", "ChatMaster 3000, login", "enters the server under a name", kNameCommandFields,
            kLoginAnswers, Reply::Required),
    command("command/rename", "ChatMaster 3000, rename", "takes another name", kNameCommandFields, kRenameAnswers,
            Reply::Optional),  // as the two below: accepted by real servers, without a word
    command("command/join", "ChatMaster 3000, join", "joins or creates a channel", kChannelCommandFields, kJoinAnswers,
            Reply::Customary),
    command("command/leave", "ChatMaster 3000, leave", "leaves the current channel", kBareCommandFields, kListAnswers,
            Reply::Customary),
    command("command/private", "ChatMaster 3000, private", "sets the current channel to private", kBareCommandFields,
            kErrorAnswers, Reply::Optional),
    command("command/public", "ChatMaster 3000, public", "sets the current channel to public", kBareCommandFields,
            kErrorAnswers, Reply::Optional),
    command("command/channels", "ChatMaster 3000, channels", "asks for the public channels", kBareCommandFields,
            kListAnswers, Reply::Required),
    command("command/channel_list", "ChatMaster 3000, channels", "the same as real clients say it", kBareCommandFields,
            kListAnswers, Reply::Customary, Origin::Observed),
    {.name = "request/login",
     .from_server = true,
     .role = Role::Request,
     .section = kRequestSection,
     .meaning = "asks for the user's name, once the connection stands",
     .fields = kRequestFields,
     .answers = kRequestAnswers,
     .reply = Reply::Customary},
    notification("notification/channel_list", "ChatMaster 3000, channel_list", "the public channels", kListFields,
                 Origin::Specified),
    notification("notification/user_joined", "ChatMaster 3000, user_joined", "a user came", kUserFields,
                 Origin::Specified),
    notification("notification/user_left", "ChatMaster 3000, user_left", "a user left", kUserFields, Origin::Specified),
    notification("notification/user_rename", "ChatMaster 3000, user_rename", "a user took another name", kRenameFields,
                 Origin::Specified),
    notification("notification/channel_list", "ChatMaster 3000, channel_list",
                 "the public channels, as real servers send them", kNestedListFields, Origin::Observed),
    notification("notification/user_joined", "ChatMaster 3000, user_joined", "a user came, as real servers send it",
                 kNestedUserFields, Origin::Observed),
    notification("notification/user_left", "ChatMaster 3000, user_left", "a user left, as real servers send it",
                 kNestedUserFields, Origin::Observed),
    notification("notification/user_rename", "ChatMaster 3000, user_rename",
                 "a user took another name, its fields nested like the others'", kNestedRenameFields, Origin::Observed),
    {.name = "session",
     .from_server = true,
     .role = Role::Answer,
     .section = kSessionSection,
     .meaning = "the client joined the server",
     .fields = kAcceptedFields},
    {.name = "session",
     .from_server = true,
     .role = Role::Answer,
     .section = kSessionSection,
     .meaning = "the client did not join the server",
     .fields = kRefusedFields},
    {.name = "error",
     .from_server = true,
     .role = Role::Answer,
     .section = kErrorSection,
     .meaning = "a command failed",
     .fields = kErrorFields},
};

// --- frames, for what is in no row: all that the package type itself demands, the rest may be anything

constexpr Field kCommandFrameData[] = {kCommandName};
constexpr Field kNotificationFrameData[] = {kEventName};
constexpr Field kCommandFrameFields[] = {kType, data_of(kCommandFrameData)};
constexpr Field kNotificationFrameFields[] = {kType, data_of(kNotificationFrameData)};
constexpr Field kFrameFields[] = {kType, data_of({})};

constexpr MessageType frame(std::string_view section, std::span<const Field> fields) {
  return {.name = {}, .section = section, .meaning = {}, .fields = fields, .fields_open = true};
}
constexpr MessageType kCommandFrame = frame(kCommandSection, kCommandFrameFields);
constexpr MessageType kRequestFrame = frame(kRequestSection, kRequestFields);
constexpr MessageType kNotificationFrame = frame(kNotificationSection, kNotificationFrameFields);
constexpr MessageType kFrame = frame(kTypesSection, kFrameFields);

bool is_false(const JsonIndex& json, const JsonNode* status) {
  if (status == nullptr) return false;
  return status->kind == JsonKind::False || (status->kind == JsonKind::Integer && json.value(*status) == "0");
}

bool is_true(const JsonIndex& json, const JsonNode* status) {
  if (status == nullptr) return false;
  return status->kind == JsonKind::True || (status->kind == JsonKind::Integer && json.value(*status) != "0");
}

// Where the status does not tell, what stands beside it does.
bool tells_refusal(const JsonIndex& json, const JsonNode* data) {
  const JsonNode* status = json.find(data, "status");
  if (is_false(json, status)) return true;
  if (is_true(json, status)) return false;
  return json.find(data, "reason") != nullptr && json.find(data, "channels") == nullptr;
}

bool fits(const JsonIndex& json, const MessageType& row, const JsonNode* data, Direction direction) {
  if (row.name == "message") {
    const bool is_unnamed = direction == Direction::Client && data != nullptr && data->kind == JsonKind::Object &&
                            json.find(data, "username") == nullptr;
    return is_client_form(row) == is_unnamed;
  }
  if (row.name == "session") return is_refusal(row) == tells_refusal(json, data);
  if (row.name.starts_with("notification/")) return is_nested(row) == (event_fields(json, data) != data);
  return true;
}

}  // namespace

std::string_view selector_of(std::string_view package_type) {
  if (package_type == "command") return "command";
  if (package_type == "notification") return "event_type";
  if (package_type == "request") return "request";
  return {};
}

const MessageType* find_row(const JsonIndex& json, std::string_view composed_type, const JsonNode* data,
                            Direction direction) {
  for (const MessageType& row : kMessages) {
    if (row.name == composed_type && fits(json, row, data, direction)) return &row;
  }
  return nullptr;
}

const MessageType& frame_row(std::string_view package_type) {
  if (package_type == "command") return kCommandFrame;
  if (package_type == "notification") return kNotificationFrame;
  if (package_type == "request") return kRequestFrame;
  return kFrame;
}

bool is_client_form(const MessageType& row) {
  return row.fields.data() == kClientMessageFields;
}

bool is_nested(const MessageType& row) {
  return row.origin == Origin::Observed && row.from_server;
}

bool is_refusal(const MessageType& row) {
  return row.fields.data() == kRefusedFields;
}

const JsonNode* event_fields(const JsonIndex& json, const JsonNode* data) {
  const JsonNode* parameters = json.find(data, "parameters");
  return parameters == nullptr ? data : parameters;
}

Recognition recognize(const JsonIndex& json) {
  const JsonNode* type = json.find("type");
  const JsonNode* data = json.find("data");
  if (!is_string(type) || data == nullptr) return {};
  std::string scratch;
  const std::string_view name = meaning_of(json, type, scratch);
  struct Shape {
    std::string_view type;
    std::string_view member;
    std::optional<Direction> sender;
  };
  constexpr Shape kShapes[] = {
      {"message", "message", std::nullopt},      {"command", "command", Direction::Client},
      {"request", "request", Direction::Server}, {"notification", "event_type", Direction::Server},
      {"session", "status", Direction::Server},  {"error", "error_type", Direction::Server},
  };
  for (const Shape& shape : kShapes) {
    if (shape.type != name) continue;
    const bool is_whole = json.find(data, shape.member) != nullptr;
    return {is_whole ? Evidence::Strong : Evidence::Weak, shape.sender};
  }
  return {};
}

constexpr Protocol kProtocol{
    .name = "chatmaster",
    .title = "ChatMaster",
    .version = "3000",
    .transport = "JSON objects back to back over TCP",
    .ports = kPorts,
    .messages = kMessages,
    .enumerations = kEnumerations,
    .codes = {},
    .rules = chatmaster_rules::kAll,
    .recognize = recognize,
    .make_dissector = make_dissector,
    .make_conformance = make_conformance,
    .summarize = summarize,
    .framing = StreamFraming::Json,
    .waiting_requests = 32,
    .orphan_answer = &app_rules::kOrphanAnswer,
    .answered_twice = &app_rules::kAnsweredTwice,
    .leaves_with_session = true,
    .is_in_one_room = true,
};

}  // namespace overhear::chatmaster
