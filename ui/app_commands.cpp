// What the keys and menus do.
#include <imgui.h>

#include <algorithm>

#include "ui/app.hpp"

namespace overhear {
namespace {

constexpr float kUsualText = 14;

}  // namespace

void App::press(const KeyPress& press) {
  const auto command = command_of(press);
  if (!command) return;
  // What is typed into a field is the field's, but for the keys that no text has.
  constexpr Command kBesideText[] = {Command::Escape, Command::Keys,   Command::Up,      Command::Down,
                                     Command::Answer, Command::PageUp, Command::PageDown};
  const bool is_beside_text = std::ranges::find(kBesideText, *command) != std::end(kBesideText);
  if (takes_text() && press.modifiers == 0 && !is_beside_text) return;
  // Its candidates and its history are walked through inside the field.
  const bool is_filters = state_.focus >= Pane::Filter && press.modifiers == 0 && *command != Command::Escape &&
                          *command != Command::Answer && *command != Command::Keys;
  if (takes_text() && is_filters) return;
  state_.notice.clear();
  state_.news.clear();
  perform(*command);
}

void App::perform(Command command) {
  switch (command) {
    case Command::Open: state_.file_dialog = FilePurpose::OpenCapture; break;
    case Command::AddCapture: state_.file_dialog = FilePurpose::AddCapture; break;
    case Command::AddKeyLog: state_.file_dialog = FilePurpose::AddKeyLog; break;
    case Command::Reload: state_.wishes.reload = true; break;
    case Command::Close: state_.wishes.close = true; break;
    case Command::Export:
      if (document_.is_open()) export_dialog_.open(context(scale_), state_);
      break;
    case Command::Picture: state_.wishes.picture = true; break;
    case Command::Quit: state_.wishes.quit = true; break;
    case Command::Keys: state_.has_key_help = !state_.has_key_help; break;
    case Command::GoTo: state_.has_go_to = document_.is_open(); break;
    case Command::Escape:
      if (state_.has_key_help || state_.has_go_to || state_.has_export || state_.has_decode_as || state_.file_dialog) {
        state_.has_key_help = state_.has_go_to = state_.has_export = state_.has_decode_as = false;
        file_dialog_.close();
        state_.file_dialog.reset();
      } else {
        state_.has_find = false;
        state_.focus = Pane::Messages;
      }
      break;
    default: perform_look(command);
  }
}

void App::perform_look(Command command) {
  Habits& habits = state_.habits;
  switch (command) {
    case Command::FollowTail: state_.is_tail_followed = !state_.is_tail_followed; break;
    case Command::TimeReference:
      if (state_.time_reference || !state_.selected) {
        state_.time_reference.reset();
      } else {
        state_.time_reference = document_.store().row(*state_.selected).time;
        habits.time_format = TimeFormat::SinceFirst;
      }
      break;
    case Command::NextTimeFormat:
      habits.time_format = static_cast<TimeFormat>((static_cast<int>(habits.time_format) + 1) % kTimeFormats);
      break;
    case Command::ShowMessages: show(MainView::Messages); break;
    case Command::ShowTranscript: show(MainView::Transcript); break;
    case Command::ShowFindings: show(MainView::Findings); break;
    case Command::ShowStatistics: show(MainView::Statistics); break;
    case Command::ShowEvents: habits.with_events = !habits.with_events; break;
    case Command::AllSessions:
      state_.sessions.clear();
      state_.tree_line = SIZE_MAX;
      break;
    case Command::ShowTimeline: show(MainView::Timeline); break;
    case Command::ShowLadder: show(MainView::Ladder); break;
    case Command::ZoomIn:
    case Command::ZoomOut:
      if (state_.view == MainView::Timeline) timeline_.zoom(command == Command::ZoomIn ? 1 : -1);
      break;
    case Command::LargerText: habits.font_size = std::min(habits.font_size + 1, 40.0f); break;
    case Command::SmallerText: habits.font_size = std::max(habits.font_size - 1, 8.0f); break;
    case Command::UsualText: habits.font_size = kUsualText; break;
    case Command::OtherTheme: habits.theme = habits.theme == Theme::Dark ? Theme::Light : Theme::Dark; break;
    case Command::Answer: accept(); break;
    case Command::Follow:
      if (state_.selected && document_.store().row(*state_.selected).session != 0) {
        state_.sessions = {document_.store().row(*state_.selected).session};
        state_.tree_line = SIZE_MAX;
        state_.must_show_selected = true;
      }
      break;
    case Command::DecodeAs: state_.has_decode_as = document_.is_open(); break;
    case Command::Filter: filter_bar_.focus(); break;
    case Command::Find: find_bar_.open(state_); break;
    case Command::FindNext: find(1); break;
    case Command::FindPrevious: find(-1); break;
    case Command::Mark:
      if (state_.selected) marks_.toggle(document_.store().row(*state_.selected));
      break;
    case Command::NextMark: go_to_mark(1); break;
    case Command::PreviousMark: go_to_mark(-1); break;
    case Command::Note: details_.write_note(); break;
    case Command::CopyJson: ImGui::SetClipboardText(details_.json_text().c_str()); break;
    case Command::CopyHex: ImGui::SetClipboardText(details_.hex_text().c_str()); break;
    case Command::ShowSecrets: state_.show_secrets = !state_.show_secrets; break;
    case Command::NextPane: state_.focus = static_cast<Pane>((static_cast<int>(state_.focus) + 1) % kPanes); break;
    case Command::PreviousPane:
      state_.focus = static_cast<Pane>((static_cast<int>(state_.focus) + kPanes - 1) % kPanes);
      break;
    default: move(command);
  }
}

void App::move(Command command) {
  constexpr std::ptrdiff_t kFar = PTRDIFF_MAX / 2;
  const ViewContext context = this->context(scale_);
  const bool is_page = command == Command::PageUp || command == Command::PageDown;
  const std::ptrdiff_t by = command == Command::Up || command == Command::PageUp       ? -1
                            : command == Command::Down || command == Command::PageDown ? 1
                            : command == Command::First                                ? -kFar
                            : command == Command::Last                                 ? kFar
                                                                                       : 0;
  constexpr std::ptrdiff_t kLinesPerPage = 20;
  if (state_.file_dialog) {
    if (command == Command::Left) return file_dialog_.to_parent();
    return file_dialog_.move(is_page ? by * kLinesPerPage : by);
  }
  if (state_.focus == Pane::Sessions) {
    if (by == 0) return sessions_.fold(context, state_, command == Command::Right);
    return sessions_.move(context, state_, is_page ? by * kLinesPerPage : by);
  }
  if (state_.focus == Pane::Details) {
    if (by == 0) return details_.fold(command == Command::Right);
    return details_.move(is_page ? by * kLinesPerPage : by);
  }
  move_in_view(command, by);
}

void App::move_in_view(Command command, std::ptrdiff_t by) {
  const ViewContext context = this->context(scale_);
  const bool is_page = command == Command::PageUp || command == Command::PageDown;
  switch (state_.view) {
    case MainView::Messages:
      if (is_page) return table_.move_page(context, state_, static_cast<int>(by));
      if (by != 0) table_.move(context, state_, by);
      return;
    case MainView::Timeline:
      if (command == Command::Left || command == Command::Right) {
        return timeline_.pan(command == Command::Left ? -1 : 1);
      }
      if (command == Command::First) return timeline_.show_all();
      if (command == Command::Last) return timeline_.show_end();
      if (is_page) return timeline_.page(static_cast<int>(by));
      return table_.move(context, state_, by);
    case MainView::Ladder:
      if (is_page) return ladder_.move_page(context, state_, static_cast<int>(by));
      if (by != 0) ladder_.move(context, state_, by);
      return;
    case MainView::Transcript:
      if (by == 0) return transcript_.next_room(context, command == Command::Right);
      if (is_page) return transcript_.move_page(context, state_, static_cast<int>(by));
      return transcript_.move(context, state_, by);
    case MainView::Findings:
      if (by == 0) return findings_.fold(context, command == Command::Right);
      if (is_page) return findings_.move_page(context, state_, static_cast<int>(by));
      return findings_.move(context, state_, by);
    case MainView::Statistics:
      if (is_page) return statistics_.move_page(static_cast<int>(by));
      return statistics_.move(by);
  }
}

void App::show(MainView view) {
  state_.view = view;
  state_.must_show_view = true;
  state_.must_show_selected = true;
  state_.focus = Pane::Messages;
}

void App::accept() {
  if (state_.file_dialog) return file_dialog_.accept();
  if (state_.has_export) return export_dialog_.accept(context(scale_), state_);
  if (state_.has_go_to) return go_to_.accept(context(scale_), state_);
  if (state_.focus == Pane::Filter) return filter_bar_.accept(state_);
  if (state_.focus == Pane::Find) return find(1);
  if (state_.focus == Pane::Messages && state_.view != MainView::Messages) {
    if (state_.view == MainView::Findings) return findings_.accept(context(scale_), state_);
    if (state_.selected) show(MainView::Messages);
    return;
  }
  go_to_answer();
}

void App::find(int direction) {
  const std::size_t from = state_.selected ? rows_.place_of(*state_.selected) : SIZE_MAX;
  search_.start(find_bar_.text(), rows_, from, direction < 0);
  if (find_bar_.text().empty()) find_bar_.open(state_);
}

// What was found becomes the selection.
void App::follow_search() {
  constexpr std::chrono::milliseconds kBudget{8};
  const TextSearch::State state = search_.advance(rows_, document_.store(), kBudget);
  find_bar_.tell(state);
  if (state != TextSearch::State::Found) return;
  state_.selected = rows_[search_.place()];
  state_.must_show_selected = true;
  search_.stop();
}

void App::go_to_mark(int direction) {
  const std::size_t count = rows_.size();
  if (marks_.empty() || count == 0) return;
  std::size_t place = state_.selected ? rows_.place_of(*state_.selected) : SIZE_MAX;
  if (place == SIZE_MAX) place = direction > 0 ? count - 1 : 0;
  for (std::size_t looked = 0; looked < count; ++looked) {
    place = (place + (direction > 0 ? 1 : count - 1)) % count;
    if (marks_.find(document_.store().row(rows_[place])) == nullptr) continue;
    state_.selected = rows_[place];
    state_.must_show_selected = true;
    return;
  }
}

// From an answer to its request, from a request to its first answer.
void App::go_to_answer() {
  if (!state_.selected) return;
  const RecordStore& store = document_.store();
  const Row& row = store.row(*state_.selected);
  if (row.kind != RecordKind::Message) return;
  std::size_t found = SIZE_MAX;
  if (row.is_answer) {
    found = store.find({row.session, row.reply_to});
  } else {
    for (std::size_t index = *state_.selected + 1; index < store.size() && found == SIZE_MAX; ++index) {
      const Row& other = store.row(index);
      if (other.session == row.session && other.is_answer && other.reply_to == row.number) found = index;
    }
  }
  if (found == SIZE_MAX) return;
  state_.selected = found;
  state_.must_show_selected = true;
}

}  // namespace overhear
