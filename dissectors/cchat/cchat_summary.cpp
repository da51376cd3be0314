#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>

#include "dissectors/cchat/cchat_table.hpp"
#include "dissectors/field_text.hpp"

namespace overhear::cchat {
namespace {

// The beginning of a SHA-1 tells two people apart; a name that is none stands as it is.
void append_hash(std::string& out, std::string_view text) {
  constexpr std::size_t kSha1Digits = 40;
  const bool is_hash =
      text.size() == kSha1Digits && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  if (!is_hash) return append_cut(out, text, kNameCharacters);
  out += text.substr(0, 4);
  out += "…";
}

void append_hash(std::string& out, const JsonIndex& json, const JsonNode* node) {
  if (is_string(node))
    append_hash(out, json.value(*node));
  else
    out += '?';
}

void append_rounds(std::string& out, const JsonIndex& json) {
  const JsonNode* rounds = json.find("roundleft");
  const bool is_one = rounds != nullptr && json.value(*rounds) == "1";
  append_value(out, json, rounds);
  out += is_one ? " round left" : " rounds left";
}

void summarize_result(const JsonIndex& json, std::string& out) {
  const JsonNode* result = json.find("keyintrmdt");
  if (is_string(result) && json.value(*result).empty()) {
    out += "key exchange: done";
    return;
  }
  out += "key exchange: result, ";
  append_rounds(out, json);
}

void summarize_prime(const JsonIndex& json, std::string& out) {
  const std::string_view prime = string_of(json, json.find("number"));
  fmt::format_to(std::back_inserter(out), "key exchange: prime, {} bits", prime.size() * 4);
}

void summarize_error(const JsonIndex& json, std::string& out) {
  const JsonNode* errcode = json.find("errcode");
  const auto number = error_number(json, errcode);
  const std::string_view detail = string_of(json, json.find("errdetail"));
  if (number == 0) {
    out += "ok (0x0)";
  } else if (number) {
    fmt::format_to(std::back_inserter(out), "error {:#x}", *number);
  } else {
    out += "error ";
    append_value(out, json, errcode);
  }
  const Code* code = number && number != 0 ? find_code(*number) : nullptr;
  if (!detail.empty()) {
    out += ": ";
    append_cut(out, detail);
  } else if (number == 6) {
    out += ": kicked from the chatroom, or from the server for not joining";
  } else if (code != nullptr) {
    out += ": ";
    out += code->meaning;
  }
}

void summarize_message(const Message& message, const JsonIndex& json, std::string& out) {
  const JsonNode* content = json.find("content");
  if (!message.text.empty()) {
    if (message.user.empty())
      out += "message";
    else
      append_hash(out, message.user);
    out += ": ";
    append_cut(out, message.text);
  } else if (is_string(content)) {
    fmt::format_to(std::back_inserter(out), "message, {} bytes base64", count_characters(json.value(*content)));
  } else {
    out += "message without content";
  }
}

}  // namespace

void summarize(const Message& message, bool /*show_secrets*/, std::string& out) {
  if (message.json == nullptr) return;
  const JsonIndex& json = *message.json;
  const std::string_view type = message.type;
  if (message.type_spec == nullptr) {
    out += type.empty() ? "no message type" : "unknown message ";
    append_cut(out, type, kNameCharacters);
  } else if (type == "join") {
    out += "joins room ";
    append_hash(out, json, json.find("chatroom"));
    out += " as ";
    append_hash(out, json, json.find("clientid"));
  } else if (type == "leave") {
    out += "leaves";
  } else if (type == "keyxchg_0") {
    summarize_prime(json, out);
  } else if (type == "keyxchg_1") {
    out += "key exchange: intermediate, ";
    append_rounds(out, json);
  } else if (type == "keyxchg_2") {
    summarize_result(json, out);
  } else if (type == "error") {
    summarize_error(json, out);
  } else {
    summarize_message(message, json, out);
  }
}

}  // namespace overhear::cchat
