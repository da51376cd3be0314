#include "ui/views/overlays.hpp"

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include <charconv>
#include <cmath>
#include <filesystem>

#include "base/amount_text.hpp"
#include "session/text/printable_text.hpp"
#include "ui/amounts.hpp"
#include "ui/frame_text.hpp"
#include "ui/model/time_text.hpp"
#include "ui/widgets/elided_text.hpp"

namespace overhear {
namespace {

void item(const char* text, Command command, std::vector<Command>& chosen, bool is_checked = false) {
  if (ImGui::MenuItem(text, key_text(command).c_str(), is_checked)) chosen.push_back(command);
}

void draw_recent(ViewState& state) {
  if (!ImGui::BeginMenu("Open recent", !state.habits.recent.empty())) return;
  for (const std::string& path : state.habits.recent) {
    std::string name;
    append_printable(name, path);
    if (ImGui::MenuItem(name.c_str())) state.wishes.captures = {path};
  }
  ImGui::EndMenu();
}

void draw_time_menu(ViewState& state, std::vector<Command>& chosen) {
  if (!ImGui::BeginMenu("Time display")) return;
  const auto choice = [&](const char* text, TimeFormat format) {
    if (ImGui::MenuItem(text, nullptr, state.habits.time_format == format)) state.habits.time_format = format;
  };
  choice("Seconds since the first", TimeFormat::SinceFirst);
  choice("Time of day (UTC)", TimeFormat::Absolute);
  choice("Seconds since the line above", TimeFormat::SincePrevious);
  choice("Seconds since the first line shown", TimeFormat::SinceShown);
  ImGui::Separator();
  item("Time reference", Command::TimeReference, chosen, state.time_reference.has_value());
  ImGui::EndMenu();
}

}  // namespace

std::optional<MessageName> parse_message_name(std::string_view text, std::uint32_t session) {
  MessageName name{.session = session};
  const std::size_t dot = text.find('.');
  const auto number = [](std::string_view digits, std::uint32_t& out) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  if (dot != std::string_view::npos && !number(text.substr(0, dot), name.session)) return std::nullopt;
  const std::string_view rest = dot == std::string_view::npos ? text : text.substr(dot + 1);
  if (!number(rest, name.number) || name.session == 0) return std::nullopt;
  return name;
}

namespace {

// In the middle of the window, as wide.
void centered(const char* text, const ImVec4& color) {
  const float room = ImGui::GetContentRegionAvail().x - ImGui::CalcTextSize(text).x;
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::max(0.0f, room / 2));
  ImGui::TextColored(color, "%s", text);
}

}  // namespace

void draw_menus(ViewState& state, std::vector<Command>& chosen) {
  if (!ImGui::BeginMenuBar()) return;
  if (ImGui::BeginMenu("File")) {
    item("Open…", Command::Open, chosen);
    draw_recent(state);
    item("Add a capture…", Command::AddCapture, chosen);
    item("Add a key log…", Command::AddKeyLog, chosen);
    ImGui::Separator();
    item("Read again", Command::Reload, chosen);
    item("Close", Command::Close, chosen);
    ImGui::Separator();
    item("Export…", Command::Export, chosen);
    item("Save a picture of the window", Command::Picture, chosen);
    ImGui::Separator();
    item("Quit", Command::Quit, chosen);
    ImGui::EndMenu();
  }
  if (ImGui::BeginMenu("Edit")) {
    item("Filter", Command::Filter, chosen);
    item("Find…", Command::Find, chosen);
    item("Find next", Command::FindNext, chosen);
    item("Find previous", Command::FindPrevious, chosen);
    ImGui::Separator();
    item("Mark", Command::Mark, chosen);
    item("Next mark", Command::NextMark, chosen);
    item("Previous mark", Command::PreviousMark, chosen);
    item("Note…", Command::Note, chosen);
    ImGui::Separator();
    item("Copy as JSON", Command::CopyJson, chosen);
    item("Copy in hex", Command::CopyHex, chosen);
    ImGui::EndMenu();
  }
  if (ImGui::BeginMenu("View")) {
    item("Messages", Command::ShowMessages, chosen, state.view == MainView::Messages);
    item("Timeline", Command::ShowTimeline, chosen, state.view == MainView::Timeline);
    item("Ladder", Command::ShowLadder, chosen, state.view == MainView::Ladder);
    item("Transcript", Command::ShowTranscript, chosen, state.view == MainView::Transcript);
    item("Findings", Command::ShowFindings, chosen, state.view == MainView::Findings);
    item("Statistics", Command::ShowStatistics, chosen, state.view == MainView::Statistics);
    ImGui::Separator();
    draw_time_menu(state, chosen);
    item("Events, too", Command::ShowEvents, chosen, state.habits.with_events);
    item("Passwords and tokens", Command::ShowSecrets, chosen, state.show_secrets);
    item("Follow the session", Command::Follow, chosen);
    item("Decode as…", Command::DecodeAs, chosen);
    item("All sessions", Command::AllSessions, chosen, state.sessions.empty());
    ImGui::Separator();
    item("Larger text", Command::LargerText, chosen);
    item("Smaller text", Command::SmallerText, chosen);
    item("Usual text", Command::UsualText, chosen);
    item("Light theme", Command::OtherTheme, chosen, state.habits.theme == Theme::Light);
    ImGui::EndMenu();
  }
  if (ImGui::BeginMenu("Go")) {
    item("Go to message…", Command::GoTo, chosen);
    item("Request or answer", Command::Answer, chosen);
    item("First", Command::First, chosen);
    item("Last", Command::Last, chosen);
    item("Stay at the last", Command::FollowTail, chosen, state.is_tail_followed);
    ImGui::EndMenu();
  }
  if (ImGui::BeginMenu("Help")) {
    item("Keys", Command::Keys, chosen);
    ImGui::EndMenu();
  }
  ImGui::EndMenuBar();
}

void draw_status(const ViewContext& context, ViewState& state) {
  const Document& document = context.document;
  const LoadProgress& progress = document.progress();
  const RecordStore& store = document.store();
  if (document.is_loading() && !(document.request().is_followed || document.request().source)) {
    const float done =
        progress.size == 0
            ? 0
            : static_cast<float>(static_cast<double>(progress.bytes) / static_cast<double>(progress.size));
    ImGui::ProgressBar(done, {160 * context.scale, ImGui::GetTextLineHeight()}, "");
    ImGui::SameLine();
    if (ImGui::SmallButton("Cancel")) state.wishes.cancel = true;
    ImGui::SameLine();
  }
  if (!document.is_open() && state.notice.empty()) return ImGui::TextDisabled("Nothing is open.");
  std::string text = fmt::format("{} shown of {}", context.rows.size(), counted(store.messages(), "message"));
  text += fmt::format(" in {}", counted(store.sessions().size(), "session"));
  if (store.findings() > 0) text += fmt::format(", {}", counted(store.findings(), "finding"));
  text += fmt::format(" — {}", counted(progress.packets, "packet"));
  if (progress.was_cancelled) text += ", reading was cancelled";
  if (document.is_loading() && (document.request().is_followed || document.request().source))
    text += ", waiting for more";
  if (state.time_reference) text += " — time counts from " + full_time_text(*state.time_reference);
  if (!state.notice.empty()) {
    elided_text(context.fonts, state.notice, palette().error, state.notice);
    return;
  }
  if (!state.news.empty()) return elided_text(context.fonts, state.news, palette().accent);
  elided_text(context.fonts, text, palette().faint);
}

void draw_welcome(const ViewContext& context, ViewState& state, std::vector<Command>& chosen) {
  ImGui::Dummy({0, ImGui::GetContentRegionAvail().y * 0.22f});
  if (!state.notice.empty()) {
    centered(state.notice.c_str(), palette().error);
    ImGui::Dummy({0, 12});
  }
  ImGui::PushFont(context.fonts.bold());
  centered("Open a capture to see its conversations", palette().text);
  ImGui::PopFont();
  ImGui::Dummy({0, 6});
  const float button = 12 * ImGui::GetFontSize();
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + (ImGui::GetContentRegionAvail().x - button) / 2);
  if (ImGui::Button("Open…   Ctrl+O", {button, ImGui::GetFrameHeight() * 1.4f})) chosen.push_back(Command::Open);
  ImGui::Dummy({0, 6});
  centered("or drop pcap and pcapng files here, and key logs with them. F1 lists the keys.", palette().faint);
  if (state.habits.recent.empty()) return;
  ImGui::Dummy({0, 18});
  centered("Opened lately", palette().faint);
  for (const std::string& path : state.habits.recent) {
    std::string name;
    append_printable(name, path);
    const float width = std::min(ImGui::CalcTextSize(name.c_str()).x + 16, ImGui::GetContentRegionAvail().x);
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + (ImGui::GetContentRegionAvail().x - width) / 2);
    ImGui::PushID(path.c_str());
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    if (ImGui::Selectable("##recent", false, ImGuiSelectableFlags_AllowItemOverlap, {width, 0}))
      state.wishes.captures = {path};
    ImGui::SetCursorScreenPos({corner.x + 8, corner.y});
    elided_text(context.fonts, name, palette().accent, {}, width - 16);
    ImGui::PopID();
  }
}

void draw_key_help(ViewState& state) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({screen.x / 2, screen.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
  ImGui::SetNextWindowSizeConstraints({0, 0}, {screen.x - 20, screen.y - 20});
  const WindowScope window("Keys", &state.has_key_help,
                           ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_AlwaysAutoResize |
                               ImGuiWindowFlags_NoSavedSettings);
  std::string_view section;
  const auto keys = command_keys();
  for (std::size_t number = 0; number < keys.size(); ++number) {
    const CommandKey& known = keys[number];
    std::string pressed = key_text(known.press);
    for (; number + 1 < keys.size() && keys[number + 1].command == known.command; ++number) {
      const std::string other = key_text(keys[number + 1].press);
      if (other != pressed) pressed += ", " + other;
    }
    if (known.section != section) {
      section = known.section;
      ImGui::Dummy({0, 4});
      ImGui::TextColored(palette().accent, "%s", std::string(section).c_str());
    }
    ImGui::TextUnformatted(pressed.c_str());
    ImGui::SameLine(13 * ImGui::GetFontSize());
    ImGui::TextUnformatted(known.text.data(), known.text.data() + known.text.size());
  }
}

void GoTo::draw(ViewState& state) {
  if (!state.has_go_to) {
    was_open_ = false;
    return;
  }
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({screen.x / 2, screen.y / 4}, ImGuiCond_Always, {0.5f, 0.5f});
  if (!was_open_) {
    typed_.clear();
    trouble_.clear();
    ImGui::SetNextWindowFocus();
  }
  const WindowScope window("Go to message", &state.has_go_to,
                           ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_AlwaysAutoResize |
                               ImGuiWindowFlags_NoSavedSettings);
  if (!was_open_) ImGui::SetKeyboardFocusHere();
  was_open_ = true;
  ImGui::SetNextItemWidth(14 * ImGui::GetFontSize());
  ImGui::InputTextWithHint("##number", "session.message, as 3.12", &typed_);
  if (!trouble_.empty()) ImGui::TextColored(palette().error, "%s", trouble_.c_str());
}

void GoTo::accept(const ViewContext& context, ViewState& state) {
  const RecordStore& store = context.document.store();
  const auto name = parse_message_name(typed_, state.selected ? store.row(*state.selected).session : 1);
  const std::size_t row = name ? store.find(*name) : SIZE_MAX;
  if (row == SIZE_MAX) {
    trouble_ = name ? "There is no such message." : "A message is called by two numbers, as 3.12.";
    return;
  }
  // What is left out could not be shown.
  if (context.rows.place_of(row) == SIZE_MAX) {
    state.sessions.clear();
    state.tree_line = SIZE_MAX;
  }
  state.selected = row;
  state.must_show_selected = true;
  state.has_go_to = false;
  state.focus = Pane::Messages;
}

}  // namespace overhear
