// What can be done from the keyboard, with its key: the menus, the keys and their list (F1) all say the same.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ui/window.hpp"

namespace overhear {

enum class Command : std::uint8_t {
  Open,
  AddCapture,
  AddKeyLog,
  Reload,
  Close,
  Export,
  Picture,
  Quit,
  Up,
  Down,
  PageUp,
  PageDown,
  First,
  Last,
  Left,
  Right,
  NextPane,
  PreviousPane,
  Answer,
  GoTo,
  FollowTail,
  TimeReference,
  NextTimeFormat,
  ShowMessages,
  ShowTranscript,
  ShowFindings,
  ShowStatistics,
  ShowEvents,
  ShowTimeline,
  ShowLadder,
  ZoomIn,
  ZoomOut,
  AllSessions,
  Follow,
  DecodeAs,
  Filter,
  Find,
  FindNext,
  FindPrevious,
  Mark,
  NextMark,
  PreviousMark,
  Note,
  CopyJson,
  CopyHex,
  ShowSecrets,
  LargerText,
  SmallerText,
  UsualText,
  OtherTheme,
  Keys,
  Escape,
};

struct CommandKey {
  Command command;
  KeyPress press;
  std::string_view section;  // of the list
  std::string_view text;     // "Open a capture"
};

// In the order in which they are listed. A command may have several keys; the first is told in menus.
std::span<const CommandKey> command_keys();
std::optional<Command> command_of(const KeyPress& press);
// "Ctrl+O"; empty: it has none.
std::string key_text(Command command);
std::string key_text(const KeyPress& press);

}  // namespace overhear
