#include "cli/intercept_session.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/amount_text.hpp"
#include "base/utf8.hpp"
#include "cli/json_member.hpp"
#include "decrypt/base64.hpp"
#include "dissectors/registry.hpp"
#include "session/draft_check.hpp"

namespace overhear {
namespace {

using nlohmann::json;

constexpr std::string_view kHelp =
    "f [N] forward, e [N] edit, d [N] drop (the message above, or hold N); n new message, a forward all, "
    "/ FILTER hold what matches from now on (/ - nothing), q quit";

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Bytes that are no text go another way.
void put_text(json& command, const std::string& text) {
  if (is_utf8(text)) {
    command["text"] = text;
    return;
  }
  std::string encoded;
  append_base64(encoded, as_bytes(text));
  command["base64"] = std::move(encoded);
}

std::vector<std::string> warnings_of(const json& answer) {
  std::vector<std::string> out;
  const auto warnings = answer.find("warnings");
  if (warnings == answer.end() || !warnings->is_array()) return out;
  for (const json& one : *warnings) {
    if (one.is_string()) out.push_back(one.get<std::string>());
  }
  return out;
}

}  // namespace

InterceptSession::InterceptSession(ControlChannel& channel, std::string name, Output& output, const HeldLook& look)
    : channel_(channel), name_(std::move(name)), console_(channel, queue_, output, look), drafts_(console_) {}

bool InterceptSession::run() {
  greet();
  std::string line;
  while (!has_left_) {
    show_first();
    switch (console_.wait(prompt(), line)) {
      case InterceptConsole::Came::News: break;
      case InterceptConsole::Came::Line: obey(line); break;
      case InterceptConsole::Came::Over:
        has_left_ = !console_.is_lost();
        farewell();
        return has_left_;
    }
    if (!has_left_ && console_.is_lost()) return false;
  }
  farewell();
  return true;
}

void InterceptSession::greet() {
  const json& hello = channel_.hello();
  queue_.set_filter(string_member(hello, "filter"));
  std::vector<std::string> places;
  if (const auto listening = hello.find("listening"); listening != hello.end() && listening->is_array()) {
    for (const json& one : *listening) {
      if (one.is_string()) places.push_back(one.get<std::string>());
    }
  }
  console_.say(fmt::format("proxy on {}; {}", fmt::join(places, " and "), filter_text(queue_.filter())));
}

void InterceptSession::show_first() {
  if (queue_.empty()) return;
  const Held& first = queue_.all().front();
  if (first.hold != shown_) console_.show(first);
  shown_ = first.hold;
  told_ = std::max(told_, shown_);
  tell_waiting();
}

void InterceptSession::tell_waiting() {
  constexpr std::size_t kTold = 5;
  std::size_t count = 0;
  for (const Held& held : queue_.all()) {
    if (held.hold > told_ && ++count <= kTold) console_.say(fmt::format("{}  waits behind it", name_of(held)));
  }
  if (count > kTold) console_.say(fmt::format("{} more wait", count - kTold));
  told_ = std::max(told_, queue_.all().back().hold);
}

std::string InterceptSession::prompt() const {
  if (queue_.empty()) return "waiting: [n]ew message [/] filter [q]uit > ";
  return fmt::format("{}: [f]orward [e]dit [d]rop [n]ew message [a]ll forward [/] filter [q]uit > ", shown_);
}

void InterceptSession::obey(std::string_view line) {
  if (line.empty()) return;
  std::string_view argument = line.substr(1);
  argument.remove_prefix(std::min(argument.find_first_not_of(" \t"), argument.size()));
  switch (line.front()) {
    case 'f':
    case 'e':
    case 'd': return decide(line.front(), argument);
    case '/': return set_filter(argument);
    default: break;
  }
  if (line == "a") return forward_all();
  if (line == "n") return send_new();
  if (line == "q") {
    has_left_ = true;
    return;
  }
  console_.say(std::string(kHelp));
}

// A script's commands wait for the message that they are about.
const Held* InterceptSession::wanted(std::string_view argument) {
  const std::optional<std::uint64_t> hold = number_of(argument);
  if (!argument.empty() && !hold) {
    console_.say(std::string(kHelp));
    return nullptr;
  }
  const auto find = [&] {
    if (hold) return queue_.find(*hold);
    return queue_.empty() ? nullptr : &queue_.all().front();
  };
  const Held* found = find();
  while (found == nullptr && console_.is_script() && console_.wait_for_news()) found = find();
  if (found == nullptr && !console_.is_over())
    console_.say(hold ? fmt::format("{} is not held", *hold) : "nothing is held");
  return found;
}

void InterceptSession::decide(char letter, std::string_view argument) {
  const Held* const held = wanted(argument);
  if (held == nullptr) return;
  if (held->hold == queue_.all().front().hold) show_first();
  if (letter == 'f') return forward(held->hold);
  if (letter == 'd') return drop(held->hold);
  edit(Held(*held));  // its own: it may be gone before the editor is
}

bool InterceptSession::do_command(json command) {
  const auto answer = console_.request(std::move(command));
  if (!answer) return false;
  if (string_member(*answer, "event") == "done") return true;
  console_.say("error: " + string_member(*answer, "error"), color::kRed);
  return false;
}

// Waits until it is no longer held, so that what is shown next is the next message.
bool InterceptSession::release(json command, std::uint64_t hold) {
  queue_.expect_release(hold);
  if (!do_command(std::move(command))) {
    queue_.expect_none(hold);
    return false;
  }
  while (queue_.find(hold) != nullptr && console_.wait_for_news()) {
  }
  return true;
}

void InterceptSession::forward(std::uint64_t hold) {
  if (release({{"command", "forward"}, {"hold", hold}}, hold)) console_.say(fmt::format("{} forwarded", hold));
}

void InterceptSession::drop(std::uint64_t hold) {
  if (release({{"command", "drop"}, {"hold", hold}}, hold)) console_.say(fmt::format("{} dropped", hold));
}

void InterceptSession::forward_all() {
  std::vector<std::uint64_t> holds;
  for (const Held& held : queue_.all()) holds.push_back(held.hold);
  for (const std::uint64_t hold : holds) queue_.expect_release(hold);
  if (!do_command({{"command", "forward"}, {"hold", "all"}})) {
    for (const std::uint64_t hold : holds) queue_.expect_none(hold);
    return;
  }
  const auto is_held = [&](std::uint64_t hold) { return queue_.find(hold) != nullptr; };
  while (std::ranges::any_of(holds, is_held) && console_.wait_for_news()) {
  }
  console_.say(holds.empty() ? "nothing is held" : fmt::format("{} forwarded", fmt::join(holds, ", ")));
}

void InterceptSession::edit(const Held& held) {
  if (!held.text) return console_.say(fmt::format("{} is no text: forward or drop it", held.hold));
  const auto command = [&](std::string_view name, const std::string& text) {
    json out{{"command", name}, {"hold", held.hold}};
    put_text(out, text);
    return out;
  };
  const auto review = [&](const std::string& drafted) {
    const auto answer = console_.request(command("check", drafted));
    return answer ? warnings_of(*answer) : std::vector<std::string>();
  };
  const auto is_wanted = [&] { return queue_.find(held.hold) != nullptr; };
  const auto text = drafts_.write(
      *held.text, {.name = std::to_string(held.hold), .must_differ = true, .is_wanted = is_wanted, .review = review});
  if (text && release(command("edit", *text), held.hold)) console_.say(fmt::format("{} edited and sent", held.hold));
}

void InterceptSession::set_filter(std::string_view filter) {
  std::string wanted(filter);
  if (wanted.empty()) {
    const auto answer = console_.ask("hold what matches (- nothing, empty: as it is) > ");
    if (!answer) return;
    wanted = *answer;
    if (wanted.empty()) return;
  }
  do_command({{"command", "filter"}, {"filter", wanted == "-" ? "" : wanted}});
}

std::optional<json> InterceptSession::choose_session() {
  const auto answer = console_.request({{"command", "sessions"}});
  if (!answer) return std::nullopt;
  const auto sessions = answer->find("sessions");
  if (sessions == answer->end() || !sessions->is_array() || sessions->empty()) {
    console_.say("no session is open");
    return std::nullopt;
  }
  if (sessions->size() == 1) return sessions->front();
  for (const json& one : *sessions) {
    console_.say(fmt::format("  {}  {} → {}  {}  {}", number_member(one, "session"), string_member(one, "client"),
                             string_member(one, "server"), string_member(one, "protocol"), string_member(one, "user")));
  }
  while (const auto chosen = console_.ask("into session (empty: none) > ")) {
    const auto number = number_of(*chosen);
    if (chosen->empty()) break;
    for (const json& one : *sessions) {
      if (number && number_member(one, "session") == *number) return one;
    }
    console_.say("there is no such session");
  }
  return std::nullopt;
}

void InterceptSession::send_new() {
  const auto session = choose_session();
  if (!session) return;
  const std::uint64_t number = number_member(*session, "session");
  std::string_view to;
  while (to.empty()) {
    const auto answer = console_.ask("to the [s]erver or the [c]lient (empty: none) > ");
    if (!answer || answer->empty()) return;
    if (*answer == "s") to = "server";
    if (*answer == "c") to = "client";
  }
  const Direction from = to == "server" ? Direction::Client : Direction::Server;
  const Protocol* const protocol = find_protocol(string_member(*session, "protocol"));
  const std::string last = queue_.last_text(number, from);
  const auto review = [&](const std::string& drafted) { return check_draft(protocol, from, drafted, Limits{}); };
  const auto text =
      drafts_.write(last.empty() ? "{}" : last,
                    {.name = "new", .must_differ = false, .is_wanted = [] { return true; }, .review = review});
  if (!text) return;
  json command{{"command", "send"}, {"session", number}, {"to", to}};
  put_text(command, *text);
  if (do_command(std::move(command))) console_.say(fmt::format("sent to the {} of session {}", to, number));
}

void InterceptSession::farewell() {
  console_.clear_prompt();
  if (!has_left_ || queue_.empty()) return;
  std::vector<std::uint64_t> holds;
  for (const Held& held : queue_.all()) holds.push_back(held.hold);
  console_.say(fmt::format("still held: {}; overhear intercept {} shows {} again", fmt::join(holds, ", "), name_,
                           holds.size() == 1 ? "it" : "them"));
}

}  // namespace overhear
