#include "proxy/control_commands.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/utf8.hpp"
#include "decrypt/base64.hpp"
#include "proxy/control_names.hpp"
#include "proxy/sides.hpp"
#include "session/draft_check.hpp"

namespace overhear {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostValues = std::size_t{1} << 20;  // of a command that are looked into
constexpr std::size_t kKeptLine = std::size_t{1} << 20;    // what a longer one took is given back

// Names and texts may hold any bytes.
std::string to_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string warnings_of(const Protocol* protocol, Side from, std::string_view text, const Limits& limits) {
  return ",\"warnings\":" + to_text(check_draft(protocol, direction_of(from), text, limits));
}

}  // namespace

std::string hello_line(const Interception& interception, const std::vector<std::string>& listening) {
  return to_text(
      {{"event", "hello"}, {"schema", kControlSchema}, {"filter", interception.filter()}, {"listening", listening}});
}

std::string held_line(std::uint64_t hold, const HeldMessage& message) {
  Json line{{"event", "held"},
            {"hold", hold},
            {"session", message.session},
            {"from", name_of(message.from)},
            {"protocol", message.protocol == nullptr ? "" : message.protocol->name},
            {"type", message.type}};
  if (is_utf8(message.text)) {
    line["text"] = message.text;
  } else {
    std::string bytes;
    append_base64(bytes, as_bytes(message.text));
    line["base64"] = std::move(bytes);
  }
  std::string out = to_text(line);
  out.back() = ',';  // the record is JSON already
  return out + "\"message\":" + message.record + '}';
}

std::string released_line(std::uint64_t hold, ReleasedHow how) {
  return to_text({{"event", "released"}, {"hold", hold}, {"how", to_string(how)}});
}

std::string filter_line(std::string_view filter) {
  return to_text({{"event", "filter"}, {"filter", filter}});
}

ControlCommands::ControlCommands(Interception& interception, const Limits& limits)
    : interception_(interception), limits_(limits) {
  // Members of a command are found behind a long text, though not behind a body of so many values.
  limits_.json_nodes = kMostValues;
}

std::string ControlCommands::run(std::string_view line) {
  command_.parse(line, limits_);
  const Result result = run();
  std::string answer = result ? R"({"event":"done")" : R"({"event":"error")";
  if (const JsonNode* const id = command_.find("id")) answer += fmt::format(",\"id\":{}", command_.raw(*id));
  answer += result ? *result : ",\"error\":" + to_text(result.error());
  if (line.size() > kKeptLine) command_ = JsonIndex();
  return answer + '}';
}

ControlCommands::Result ControlCommands::run() {
  if (command_.status() != JsonIndex::Status::Valid || command_.root().kind != JsonKind::Object) {
    return std::unexpected("a command is a JSON object on a line of its own");
  }
  const auto name = string("command");
  if (name == "forward") return forward();
  if (name == "edit") return edit();
  if (name == "drop") return drop();
  if (name == "send") return send();
  if (name == "check") return check();
  if (name == "filter") return set_filter();
  if (name == "sessions") return list_sessions();
  return std::unexpected("command is one of forward, edit, drop, send, check, filter, sessions");
}

ControlCommands::Result ControlCommands::forward() {
  if (string("hold") != "all") {
    const auto one = held();
    if (!one) return std::unexpected(one.error());
    return decide({.kind = Decision::Kind::Forward, .hold = (*one)->first});
  }
  std::vector<std::uint64_t> all;
  for (const auto& [hold, message] : interception_.held()) all.push_back(hold);
  for (const std::uint64_t hold : all) (void)decide({.kind = Decision::Kind::Forward, .hold = hold});
  return {};
}

ControlCommands::Result ControlCommands::edit() {
  auto warnings = check();
  if (!warnings) return warnings;
  const std::string said = *text();
  if (auto done = decide({.kind = Decision::Kind::Edit, .hold = (*held())->first, .text = said}); !done) return done;
  return warnings;
}

ControlCommands::Result ControlCommands::drop() {
  const auto one = held();
  if (!one) return std::unexpected(one.error());
  return decide({.kind = Decision::Kind::Drop, .hold = (*one)->first});
}

ControlCommands::Result ControlCommands::check() const {
  const auto one = held();
  if (!one) return std::unexpected(one.error());
  const auto said = text();
  if (!said) return std::unexpected(said.error());
  const HeldMessage& message = (*one)->second;
  return warnings_of(message.protocol, message.from, *said, limits_);
}

ControlCommands::Result ControlCommands::send() {
  const auto session = number("session");
  const auto open = session && *session <= UINT32_MAX ? interception_.open().find(static_cast<std::uint32_t>(*session))
                                                      : interception_.open().end();
  if (open == interception_.open().end()) return std::unexpected("session is the number of one that is open");
  const auto to = string("to");
  if (to != "client" && to != "server") return std::unexpected("to is client or server");
  const auto said = text();
  if (!said) return std::unexpected(said.error());
  const Side side = to == "client" ? Side::First : Side::Second;
  const Protocol* const protocol = open->second.session->record({}).protocol;
  std::string warnings = warnings_of(protocol, other(side), *said, limits_);
  if (auto done = decide({.kind = Decision::Kind::Send, .to = side, .text = *said}, open->first); !done) return done;
  return warnings;
}

ControlCommands::Result ControlCommands::set_filter() {
  const auto filter = string("filter");
  if (!filter) return std::unexpected("filter is what is to be held, or \"\"");
  if (auto set = interception_.set_filter(*filter); !set) return std::unexpected(std::move(set.error()));
  return {};
}

ControlCommands::Result ControlCommands::list_sessions() const {
  Json sessions = Json::array();
  for (const auto& [number, open] : interception_.open()) {
    const SessionRecord record = open.session->record({});
    Json one{{"session", number}, {"client", to_string(record.client)}, {"server", to_string(record.server)}};
    if (record.protocol != nullptr) one["protocol"] = record.protocol->name;
    if (!record.user.empty()) one["user"] = unescaped(record.user);
    one["messages"] = record.messages;
    sessions.push_back(std::move(one));
  }
  return ",\"sessions\":" + to_text(sessions);
}

ControlCommands::Result ControlCommands::decide(const Decision& decision, std::uint32_t session) {
  std::string problem = interception_.decide(decision, session);
  if (!problem.empty()) return std::unexpected(std::move(problem));
  return {};
}

std::expected<const ControlCommands::Held*, std::string> ControlCommands::held() const {
  const auto hold = number("hold");
  if (!hold) return std::unexpected("hold is the number of a held message");
  const auto found = interception_.held().find(*hold);
  if (found == interception_.held().end()) return std::unexpected(fmt::format("no message {} is held", *hold));
  return &*found;
}

// What is to be said.
std::expected<std::string, std::string> ControlCommands::text() const {
  if (auto plain = string("text")) return *std::move(plain);
  if (const JsonNode* const body = command_.find("body")) return std::string(command_.raw(*body));
  const auto encoded = string("base64");
  if (!encoded) return std::unexpected("what is to be said is missing: text, body or base64");
  std::vector<std::uint8_t> bytes;
  if (!decode_base64(*encoded, bytes, Base64::Strict)) return std::unexpected("base64 is none");
  return std::string(bytes.begin(), bytes.end());
}

std::optional<std::uint64_t> ControlCommands::number(std::string_view name) const {
  const JsonNode* const node = command_.find(name);
  std::int64_t out = 0;
  if (node == nullptr || node->kind != JsonKind::Integer || !to_integer(command_.value(*node), out) || out < 0)
    return {};
  return static_cast<std::uint64_t>(out);
}

std::optional<std::string> ControlCommands::string(std::string_view name) const {
  const JsonNode* const node = command_.find(name);
  if (node == nullptr || node->kind != JsonKind::String) return std::nullopt;
  return unescaped(command_.value(*node));
}

}  // namespace overhear
