#include "dissectors/cchat/cchat_table.hpp"

#include <charconv>

#include "dissectors/cchat/cchat.hpp"
#include "dissectors/cchat/cchat_rules.hpp"
#include "dissectors/field_text.hpp"

namespace overhear::cchat {
namespace {

constexpr std::uint16_t kPorts[] = {8888};

constexpr std::string_view kJoinSection = "cchat 0.3, Join";
constexpr std::string_view kKeySection = "cchat 0.3, Key neogotiation";
constexpr std::string_view kLeaveSection = "cchat 0.3, Leave";
constexpr std::string_view kMessageSection = "cchat 0.3, Message";
constexpr std::string_view kErrorSection = "cchat 0.3, Error";
constexpr std::string_view kTypesSection = "cchat 0.3, Types of messages";

constexpr EnumValue kVersionValues[] = {{"1", {}, "the version of all messages so far"}};
constexpr Enumeration kVersions{"ver", kTypesSection, kVersionValues};

constexpr EnumValue kTypeValues[] = {
    {"join", {}, "a client enters a room"},
    {"keyxchg_0", {}, "the prime of the key exchange"},
    {"keyxchg_1", {}, "an intermediate for the client"},
    {"keyxchg_2", {}, "what the client computed from it"},
    {"leave", {}, "a client leaves its room"},
    {"message_0", {}, "a chat message to the server"},
    {"message_1", {}, "a chat message to a client"},
    {"error", {}, "an error or an indication"},
};
constexpr Enumeration kTypes{"type", kTypesSection, kTypeValues};
constexpr const Enumeration* kEnumerations[] = {&kVersions, &kTypes};

constexpr Code kCodes[] = {
    {"0x0", "NO_ERROR", kErrorSection, "no error"},
    {"0x4", "DUPLICATE_CLIENT_ID", kErrorSection, "duplicate client id"},
    {"0x5", "NOT_IN_CHATROOM", kErrorSection, "not in the chatroom yet"},
    {"0x6", "KICKED_FROM_CHATROOM", kErrorSection, "kicked from the chatroom"},
    {"0x6", "KICKED_FROM_SERVER", kErrorSection, "kicked from the server for not joining"},
    {"0x8", "WRONG_MESSAGE_TYPE", kErrorSection, "wrong message type"},
    {"0x10", "KEY_EXCHANGE_UNFINISHED", kErrorSection, "the key exchange is not finished"},
    {"0xbeef", "UNKNOWN_ERROR", kErrorSection, "not JSON, or a message without a type", Origin::Observed},
};
constexpr std::string_view kJoinCodes[] = {"0x0", "0x4"};
constexpr std::string_view kLeaveCodes[] = {"0x0", "0x5"};
constexpr std::string_view kMessageCodes[] = {"0x5", "0x10"};
constexpr std::string_view kErrorAnswer[] = {"error"};
constexpr std::string_view kMessageAnswers[] = {"message_1", "error"};
constexpr std::string_view kExchangeAnswer[] = {"keyxchg_2"};

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}
constexpr Form kDigest{.meaning = "a SHA-1 digest, 40 hexadecimal digits",
                       .example = "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                       .section = kJoinSection,
                       .rule = &cchat_rules::kNoDigest,
                       .fits = [](std::string_view text) { return text.size() == 40 && is_hex(text); }};
constexpr Form kHex{.meaning = "a hexadecimal number",
                    .example = "0b",
                    .section = kKeySection,
                    .rule = &cchat_rules::kNoHex,
                    .fits = [](std::string_view text) { return !text.empty() && is_hex(text); }};
constexpr Form kHexOrBlank{.meaning = "a hexadecimal number or blank",
                           .example = "0a",
                           .section = kKeySection,
                           .rule = &cchat_rules::kNoHex,
                           .fits = is_hex};

constexpr Field kVer{.name = "ver", .types = kInteger, .meaning = "protocol version, 1", .values = &kVersions};
constexpr Field kType{.name = "type", .types = kString, .meaning = "message type", .values = &kTypes};
constexpr Field kRoundLeft{.name = "roundleft", .types = kInteger, .meaning = "remaining rounds of the exchange"};
constexpr Field kContent{.name = "content", .types = kString, .meaning = "what is said, in base64"};

constexpr Field kJoinFields[] = {
    kVer,
    kType,
    {.name = "clientid", .types = kString, .meaning = "SHA-1 of the client's name, hexadecimal", .form = &kDigest},
    {.name = "chatroom", .types = kString, .meaning = "SHA-1 of the room's name, hexadecimal", .form = &kDigest},
};
constexpr Field kPrimeFields[] = {
    kVer,
    kType,
    {.name = "number", .types = kString, .meaning = "the prime P, hexadecimal", .form = &kHex},
};
constexpr Field kIntermediateFields[] = {
    kVer,
    kType,
    kRoundLeft,
    {.name = "keyintrmdt",
     .types = kString,
     .meaning = "intermediate to raise to the secret, hexadecimal",
     .form = &kHex},
    {.name = "changesecret",
     .types = kBoolean,
     .presence = Presence::Optional,
     .meaning = "true for who joins; no client heeds it",
     .origin = Origin::Observed},
    {.name = "prime",
     .types = kString,
     .presence = Presence::Optional,
     .meaning = "the prime P, hexadecimal; in place of keyxchg_0",
     .form = &kHex,
     .origin = Origin::Observed},
};
constexpr Field kResultFields[] = {
    kVer,
    kType,
    kRoundLeft,
    {.name = "keyintrmdt",
     .types = kString,
     .meaning = "the client's result, hexadecimal; blank when no round is left",
     .form = &kHexOrBlank},
};
constexpr Field kBareFields[] = {kVer, kType};
constexpr Field kMessageFields[] = {kVer, kType, kContent};
constexpr Field kErrorFields[] = {
    kVer,
    kType,
    // The dissector reports an integer and a missing detail itself: every real server does that.
    {.name = "errcode",
     .types = kString | kInteger,
     .meaning = "error code, hexadecimal text; an integer from real servers"},
    {.name = "errdetail",
     .types = kString,
     .presence = Presence::Optional,
     .meaning = "what happened; real servers leave it out"},
};

constexpr MessageType kMessages[] = {
    {.name = "join",
     .from_client = true,
     .role = Role::Request,
     .section = kJoinSection,
     .meaning = "declares the client's identity and enters a room",
     .fields = kJoinFields,
     .answers = kErrorAnswer,
     .codes = kJoinCodes,
     .reply = Reply::Customary},
    {.name = "keyxchg_0",
     .from_server = true,
     .role = Role::Push,
     .section = kKeySection,
     .meaning = "the prime for the key exchange",
     .fields = kPrimeFields},
    {.name = "keyxchg_1",
     .from_server = true,
     .role = Role::Request,
     .section = kKeySection,
     .meaning = "an intermediate to compute with; the key so far is void",
     .fields = kIntermediateFields,
     .answers = kExchangeAnswer,
     .reply = Reply::Customary},  // required, but the client may have left
    {.name = "keyxchg_2",
     .from_client = true,
     .role = Role::Push,
     .section = kKeySection,
     .meaning = "the client's result for the next in the ring",
     .fields = kResultFields,
     .codes = kMessageCodes},
    {.name = "leave",
     .from_client = true,
     .role = Role::Request,
     .section = kLeaveSection,
     .meaning = "leaves the room",
     .fields = kBareFields,
     .answers = kErrorAnswer,
     .codes = kLeaveCodes,
     .reply = Reply::Customary},
    {.name = "message_0",
     .from_client = true,
     .role = Role::Request,
     .section = kMessageSection,
     .meaning = "a chat message to the room; real servers send it back to its sender too",
     .fields = kMessageFields,
     .answers = kMessageAnswers,
     .codes = kMessageCodes,
     .reply = Reply::Optional},
    {.name = "message_1",
     .from_server = true,
     .role = Role::Push,
     .section = kMessageSection,
     .meaning = "a chat message from the room",
     .fields = kMessageFields},
    {.name = "error",
     .from_server = true,
     .role = Role::Answer,
     .section = kErrorSection,
     .meaning = "an error, or with 0x0 the word that all went well",
     .fields = kErrorFields},
};

constexpr Field kEnvelopeFields[] = {kVer, kType};

std::optional<std::uint64_t> to_number(std::string_view text, int base) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

constexpr MessageType kEnvelope{
    .name = {}, .section = kTypesSection, .meaning = {}, .fields = kEnvelopeFields, .fields_open = true};

const MessageType* find_type(std::string_view name) {
  for (const MessageType& row : kMessages) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::optional<std::uint64_t> error_number(const JsonIndex& json, const JsonNode* errcode) {
  if (errcode == nullptr) return std::nullopt;
  const std::string_view text = json.value(*errcode);
  if (errcode->kind == JsonKind::Integer) return to_number(text, 10);
  if (errcode->kind != JsonKind::String) return std::nullopt;
  const bool has_prefix = text.starts_with("0x") || text.starts_with("0X");
  return to_number(text.substr(has_prefix ? 2 : 0), 16);
}

const Code* find_code(std::uint64_t number) {
  for (const Code& code : kCodes) {
    if (to_number(code.value.substr(2), 16) == number) return &code;
  }
  return nullptr;
}

Recognition recognize(const JsonIndex& json) {
  const JsonNode* version = json.find("ver");
  const JsonNode* type = json.find("type");
  const bool has_both = version != nullptr && version->kind == JsonKind::Integer && is_string(type);
  if (!has_both) return {};
  std::string scratch;
  const MessageType* row = find_type(meaning_of(json, type, scratch));
  if (row == nullptr || json.value(*version) != "1") return {Evidence::Weak, std::nullopt};
  return {Evidence::Strong, row->from_client ? Direction::Client : Direction::Server};
}

constexpr Protocol kProtocol{
    .name = "cchat",
    .title = "cchat",
    .version = "0.3",
    .transport = "JSON over WebSocket frames, binary or text",
    .ports = kPorts,
    .messages = kMessages,
    .enumerations = kEnumerations,
    .codes = kCodes,
    .rules = cchat_rules::kAll,
    .recognize = recognize,
    .make_dissector = make_dissector,
    .make_conformance = make_conformance,
    .summarize = summarize,
    .framing = StreamFraming::WebSocket,
    .waiting_requests = 32,
    .orphan_answer = &cchat_rules::kOrphanAnswer,
    .answered_twice = &cchat_rules::kAnsweredTwice,
    .leaves_with_session = true,
    .is_in_one_room = true,
};

}  // namespace overhear::cchat
