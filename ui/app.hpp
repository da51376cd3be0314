// The viewer without its window: what is open, what is looked at, and how a frame is drawn of it. Needs ImGui's context
// and nothing of the screen, so that tests run it without one.
#pragma once

#include <string>
#include <vector>

#include "ui/command.hpp"
#include "ui/fonts.hpp"
#include "ui/model/capture_export.hpp"
#include "ui/model/document.hpp"
#include "ui/model/retellings.hpp"
#include "ui/model/row_export.hpp"
#include "ui/model/session_tree.hpp"
#include "ui/model/visible_rows.hpp"
#include "ui/row_texts.hpp"
#include "ui/view_state.hpp"
#include "ui/views/detail_pane.hpp"
#include "ui/views/export_dialog.hpp"
#include "ui/views/file_dialog.hpp"
#include "ui/views/filter_bar.hpp"
#include "ui/views/find_bar.hpp"
#include "ui/views/findings_view.hpp"
#include "ui/views/ladder_view.hpp"
#include "ui/views/message_table.hpp"
#include "ui/views/overlays.hpp"
#include "ui/views/session_pane.hpp"
#include "ui/views/statistics_view.hpp"
#include "ui/views/timeline_view.hpp"
#include "ui/views/transcript_view.hpp"

namespace overhear {

class App {
 public:
  // `on_news` may be called by another thread: a frame is due.
  App(Fonts& fonts, Habits habits, std::function<void()> on_news);

  // Before a frame: what came from outside.
  void press(const KeyPress& press);
  // Captures, or key logs: told apart by what they hold.
  void drop(const std::vector<std::string>& paths);
  void open(LoadRequest request);
  // Selects it as soon as it is there.
  void select(MessageName name) { named_ = name; }
  void tell(std::string notice) { state_.notice = std::move(notice); }

  // Takes over what was found and does what was asked for in the last frame; then draws.
  void frame(float scale);

  // Frames are due without input: something is being looked through.
  bool is_busy() const;
  bool is_loading() const { return document_.is_loading(); }
  bool takes_text() const;
  std::string title() const;
  const ViewState& state() const { return state_; }
  ViewState& state() { return state_; }
  const Document& document() const { return document_; }
  const VisibleRows& rows() const { return rows_; }
  const Retellings& retold() const { return retold_; }
  const TimelineView& timeline() const { return timeline_; }
  const LadderView& ladder() const { return ladder_; }
  Wishes take_wishes();  // that are the window's part: picture, quit

 private:
  void do_wishes();
  void find(int direction);
  void follow_search();
  void open_marks();
  void start_export(const ExportWish& wish);
  std::vector<std::uint32_t> exported_rows(bool is_selected_only) const;
  void follow_exports();
  void go_to_mark(int direction);
  void perform(Command command);
  void perform_look(Command command);
  void move(Command command);
  void move_in_view(Command command, std::ptrdiff_t by);
  void show(MainView view);
  void accept();
  void go_to_answer();
  Retelling retelling() const;
  void update_model();
  bool is_sought(const Row& row) const;
  void keep_selection();
  void draw(float scale);
  void draw_focus(Pane pane) const;
  void draw_main(const ViewContext& context);
  void draw_right(const ViewContext& context);
  void draw_panes(const ViewContext& context);
  ViewContext context(float scale) { return {document_, rows_, tree_, retold_, texts_, marks_, fonts_, scale}; }

  Fonts& fonts_;
  ViewState state_;
  Document document_;
  VisibleRows rows_;
  SessionTree tree_;
  Retellings retold_;
  RowTexts texts_;
  Marks marks_;
  TextSearch search_;
  std::uint64_t generation_ = 0;
  // What was selected when everything was read again.
  std::optional<Row> wanted_;
  std::optional<MessageName> named_;
  std::size_t sought_ = 0;  // rows before this were looked at

  MessageTable table_;
  TimelineView timeline_;
  LadderView ladder_;
  TranscriptView transcript_;
  FindingsView findings_;
  StatisticsView statistics_;
  SessionPane sessions_;
  DetailPane details_;
  FilterBar filter_bar_;
  FindBar find_bar_;
  ExportDialog export_dialog_;
  std::unique_ptr<RowExport> row_export_;
  std::optional<CaptureExport> capture_export_;
  FileDialog file_dialog_;
  GoTo go_to_;
  std::vector<Command> chosen_;  // in menus
  float scale_ = 1;
};

}  // namespace overhear
