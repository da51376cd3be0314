#include "ui/command.hpp"

#include <GLFW/glfw3.h>

#include <algorithm>

namespace overhear {
namespace {

constexpr int kCtrl = GLFW_MOD_CONTROL;
constexpr int kAlt = GLFW_MOD_ALT;
constexpr int kShift = GLFW_MOD_SHIFT;
constexpr std::string_view kFile = "Files";
constexpr std::string_view kGo = "Moving";
constexpr std::string_view kView = "Looking";

constexpr CommandKey kKeys[] = {
    {Command::Open, {GLFW_KEY_O, kCtrl}, kFile, "Open a capture"},
    {Command::AddCapture, {GLFW_KEY_O, kCtrl | kShift}, kFile, "Add a capture, merged by time"},
    {Command::AddKeyLog, {GLFW_KEY_K, kCtrl}, kFile, "Add a key log"},
    {Command::Reload, {GLFW_KEY_R, kCtrl}, kFile, "Read everything again"},
    {Command::Close, {GLFW_KEY_W, kCtrl}, kFile, "Close"},
    {Command::Export, {GLFW_KEY_S, kCtrl | kShift}, kFile, "Export what is shown or selected"},
    {Command::Picture, {GLFW_KEY_F12, 0}, kFile, "Save a picture of the window"},
    {Command::Quit, {GLFW_KEY_Q, kCtrl}, kFile, "Quit"},
    {Command::Up, {GLFW_KEY_UP, 0}, kGo, "Line before"},
    {Command::Up, {GLFW_KEY_UP, kCtrl}, kGo, "Line before"},
    {Command::Down, {GLFW_KEY_DOWN, 0}, kGo, "Line behind"},
    {Command::Down, {GLFW_KEY_DOWN, kCtrl}, kGo, "Line behind"},
    {Command::PageUp, {GLFW_KEY_PAGE_UP, 0}, kGo, "Page before"},
    {Command::PageDown, {GLFW_KEY_PAGE_DOWN, 0}, kGo, "Page behind"},
    {Command::First, {GLFW_KEY_HOME, 0}, kGo, "First line; all of the timeline"},
    {Command::First, {GLFW_KEY_HOME, kCtrl}, kGo, "First line"},
    {Command::Last, {GLFW_KEY_END, 0}, kGo, "Last line"},
    {Command::Last, {GLFW_KEY_END, kCtrl}, kGo, "Last line"},
    {Command::Left, {GLFW_KEY_LEFT, 0}, kGo, "Close what is under a line; earlier, in the timeline"},
    {Command::Right, {GLFW_KEY_RIGHT, 0}, kGo, "Open it; later, in the timeline"},
    {Command::NextPane, {GLFW_KEY_TAB, 0}, kGo, "To the next pane"},
    {Command::PreviousPane, {GLFW_KEY_TAB, kShift}, kGo, "To the pane before"},
    {Command::Answer, {GLFW_KEY_ENTER, 0}, kGo, "From an answer to its request, and back"},
    {Command::GoTo, {GLFW_KEY_G, kCtrl}, kGo, "Go to a message by its number"},
    {Command::FollowTail, {GLFW_KEY_END, kCtrl | kShift}, kGo, "Stay at the last line while more comes"},
    {Command::TimeReference, {GLFW_KEY_T, kCtrl}, kView, "Count time from this message, or again from the first"},
    {Command::NextTimeFormat, {GLFW_KEY_T, kCtrl | kShift}, kView, "Another display of time"},
    {Command::ShowMessages, {GLFW_KEY_1, kCtrl}, kView, "The messages"},
    {Command::ShowTimeline, {GLFW_KEY_2, kCtrl}, kView, "The timeline: what happened when"},
    {Command::ShowLadder, {GLFW_KEY_3, kCtrl}, kView, "The ladder: who said it to whom"},
    {Command::ShowTranscript, {GLFW_KEY_4, kCtrl}, kView, "The transcript: the chat as its users saw it"},
    {Command::ShowFindings, {GLFW_KEY_5, kCtrl}, kView, "What was found, by what it is"},
    {Command::ShowStatistics, {GLFW_KEY_6, kCtrl}, kView, "Statistics"},
    {Command::ShowEvents, {GLFW_KEY_E, kCtrl}, kView, "Show what is no message, too"},
    {Command::ZoomIn, {GLFW_KEY_EQUAL, 0}, kView, "Less of the timeline, larger"},
    {Command::ZoomIn, {GLFW_KEY_EQUAL, kShift}, kView, "Less of the timeline, larger"},
    {Command::ZoomIn, {GLFW_KEY_KP_ADD, 0}, kView, "Less of the timeline, larger"},
    {Command::ZoomOut, {GLFW_KEY_MINUS, 0}, kView, "More of the timeline, smaller"},
    {Command::ZoomOut, {GLFW_KEY_KP_SUBTRACT, 0}, kView, "More of the timeline, smaller"},
    {Command::AllSessions, {GLFW_KEY_BACKSPACE, kCtrl}, kView, "All sessions again"},
    {Command::Follow, {GLFW_KEY_T, kCtrl | kShift | kAlt}, kView, "Follow: only the session of this message"},
    {Command::DecodeAs, {GLFW_KEY_U, kCtrl | kShift}, kView, "Decode as: what the session's port speaks"},
    {Command::Filter, {GLFW_KEY_SLASH, kCtrl}, kView, "Filter"},
    {Command::Find, {GLFW_KEY_F, kCtrl}, kView, "Find a text"},
    {Command::FindNext, {GLFW_KEY_N, kCtrl}, kView, "Find the next"},
    {Command::FindPrevious, {GLFW_KEY_B, kCtrl}, kView, "Find the one before"},
    {Command::Mark, {GLFW_KEY_M, kCtrl}, kView, "Mark the message, or take its mark away"},
    {Command::NextMark, {GLFW_KEY_N, kCtrl | kShift}, kView, "Next mark"},
    {Command::PreviousMark, {GLFW_KEY_B, kCtrl | kShift}, kView, "Mark before"},
    {Command::Note, {GLFW_KEY_C, kCtrl | kAlt}, kView, "Write a note about the message"},
    {Command::CopyJson, {GLFW_KEY_C, kCtrl}, kView, "Copy the message as JSON, or the field that is chosen"},
    {Command::CopyHex, {GLFW_KEY_C, kCtrl | kShift}, kView, "Copy its bytes in hex"},
    {Command::ShowSecrets, {GLFW_KEY_P, kCtrl | kShift}, kView, "Show passwords and tokens"},
    {Command::LargerText, {GLFW_KEY_EQUAL, kCtrl}, kView, "Larger text"},
    {Command::LargerText, {GLFW_KEY_EQUAL, kCtrl | kShift}, kView, "Larger text"},
    {Command::LargerText, {GLFW_KEY_KP_ADD, kCtrl}, kView, "Larger text"},
    {Command::SmallerText, {GLFW_KEY_MINUS, kCtrl}, kView, "Smaller text"},
    {Command::SmallerText, {GLFW_KEY_KP_SUBTRACT, kCtrl}, kView, "Smaller text"},
    {Command::UsualText, {GLFW_KEY_0, kCtrl}, kView, "Text as large as usual"},
    {Command::OtherTheme, {GLFW_KEY_L, kCtrl}, kView, "Light or dark"},
    {Command::Keys, {GLFW_KEY_F1, 0}, kView, "These keys"},
    {Command::Escape, {GLFW_KEY_ESCAPE, 0}, kView, "Close what is open on top"},
};

struct KeyName {
  int key;
  std::string_view name;
};
constexpr KeyName kNames[] = {
    {GLFW_KEY_UP, "↑"},         {GLFW_KEY_DOWN, "↓"},
    {GLFW_KEY_LEFT, "←"},       {GLFW_KEY_RIGHT, "→"},
    {GLFW_KEY_PAGE_UP, "PgUp"}, {GLFW_KEY_PAGE_DOWN, "PgDn"},
    {GLFW_KEY_HOME, "Home"},    {GLFW_KEY_END, "End"},
    {GLFW_KEY_TAB, "Tab"},      {GLFW_KEY_ENTER, "Enter"},
    {GLFW_KEY_ESCAPE, "Esc"},   {GLFW_KEY_F1, "F1"},
    {GLFW_KEY_F12, "F12"},      {GLFW_KEY_BACKSPACE, "Backspace"},
    {GLFW_KEY_EQUAL, "+"},      {GLFW_KEY_MINUS, "−"},
    {GLFW_KEY_KP_ADD, "+"},     {GLFW_KEY_KP_SUBTRACT, "−"},
};

}  // namespace

std::span<const CommandKey> command_keys() {
  return kKeys;
}

std::optional<Command> command_of(const KeyPress& press) {
  const int key = press.key == GLFW_KEY_KP_ENTER ? GLFW_KEY_ENTER : press.key;
  const auto found = std::ranges::find_if(kKeys, [&](const CommandKey& known) {
    return known.press.key == key && known.press.modifiers == press.modifiers;
  });
  return found == std::end(kKeys) ? std::nullopt : std::optional(found->command);
}

std::string key_text(const KeyPress& press) {
  std::string text;
  if ((press.modifiers & kCtrl) != 0) text += "Ctrl+";
  if ((press.modifiers & kShift) != 0) text += "Shift+";
  if ((press.modifiers & kAlt) != 0) text += "Alt+";
  const auto named = std::ranges::find(kNames, press.key, &KeyName::key);
  if (named != std::end(kNames)) return text.append(named->name);
  text.push_back(static_cast<char>(press.key));
  return text;
}

std::string key_text(Command command) {
  const auto found = std::ranges::find(kKeys, command, &CommandKey::command);
  return found == std::end(kKeys) ? std::string() : key_text(found->press);
}

}  // namespace overhear
