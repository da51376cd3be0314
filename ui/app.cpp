#include "ui/app.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <fstream>

#include "session/text/printable_text.hpp"
#include "ui/frame_text.hpp"
#include "ui/views/decode_dialog.hpp"
#include "ui/widgets/splitter.hpp"

namespace overhear {
namespace {

constexpr std::chrono::milliseconds kLookPerFrame{8};
constexpr std::size_t kMostRecent = 10;

// pcap and pcapng begin with one of a few numbers; whatever else is dropped is taken for a key log.
bool is_capture(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::uint32_t magic = 0;
  if (!file.read(reinterpret_cast<char*>(&magic), sizeof magic)) return true;  // says what is wrong with it
  constexpr std::uint32_t kMagics[] = {0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1,
                                       0xa1b2cd34, 0x34cdb2a1, 0x0a0d0d0a};
  return std::ranges::find(kMagics, magic) != std::end(kMagics);
}

void remember(Habits& habits, const std::vector<std::string>& captures) {
  for (const std::string& path : captures) {
    std::erase(habits.recent, path);
    habits.recent.insert(habits.recent.begin(), path);
  }
  if (habits.recent.size() > kMostRecent) habits.recent.resize(kMostRecent);
}

}  // namespace

App::App(Fonts& fonts, Habits habits, std::function<void()> on_news) : fonts_(fonts), document_(std::move(on_news)) {
  state_.habits = std::move(habits);
}

void App::open(LoadRequest request) {
  if (!request.source) remember(state_.habits, request.captures);
  state_.is_tail_followed = request.is_followed || request.source;
  state_.notice.clear();
  wanted_.reset();
  document_.open(std::move(request));
}

void App::drop(const std::vector<std::string>& paths) {
  std::vector<std::string> captures;
  for (const std::string& path : paths) (is_capture(path) ? captures : state_.wishes.key_logs).push_back(path);
  if (!captures.empty()) state_.wishes.captures = std::move(captures);
}

bool App::takes_text() const {
  return ImGui::GetIO().WantTextInput;
}

// What the view that is shown needs looked through.
Retelling App::retelling() const {
  switch (state_.view) {
    case MainView::Messages:
    case MainView::Timeline:
    case MainView::Ladder: return Retelling::None;
    case MainView::Transcript: return Retelling::Transcript;
    case MainView::Findings: return Retelling::Findings;
    case MainView::Statistics: return Retelling::Statistics;
  }
  return Retelling::None;
}

bool App::is_busy() const {
  const RecordStore& store = document_.store();
  return !rows_.is_complete(store) || search_.state() == TextSearch::State::Searching || details_.is_reading() ||
         row_export_ != nullptr || capture_export_ ||
         (state_.view == MainView::Timeline && !timeline_.is_complete(store, rows_)) ||
         !retold_.is_complete(retelling(), store, !document_.is_loading());
}

std::string App::title() const {
  const std::string open = document_.title();
  std::string title;
  append_printable(title, open);
  return title.empty() ? "overhear" : title + " — overhear";
}

Wishes App::take_wishes() {
  Wishes wishes;
  wishes.picture = std::exchange(state_.wishes.picture, false);
  wishes.quit = std::exchange(state_.wishes.quit, false);
  wishes.picture_path = std::exchange(state_.wishes.picture_path, {});
  return wishes;
}

void App::do_wishes() {
  Wishes wishes = std::exchange(state_.wishes, {});
  state_.wishes.picture = wishes.picture;
  state_.wishes.quit = wishes.quit;
  state_.wishes.picture_path = wishes.picture_path;
  const bool is_read_again =
      wishes.reload || wishes.decode_as || !wishes.key_logs.empty() || !wishes.more_captures.empty();
  if (is_read_again && state_.selected) wanted_ = document_.store().row(*state_.selected);
  if (wishes.exported) start_export(*wishes.exported);
  if (wishes.find != 0) find(wishes.find);
  if (wishes.cancel) document_.cancel();
  if (wishes.close) document_.close();
  if (!wishes.captures.empty()) {
    LoadRequest request = {.captures = std::move(wishes.captures), .key_logs = std::move(wishes.key_logs)};
    request.options = document_.request().options;
    return open(std::move(request));
  }
  if (!wishes.more_captures.empty()) {
    remember(state_.habits, wishes.more_captures);
    document_.add_captures(wishes.more_captures);
  }
  if (!wishes.key_logs.empty()) document_.add_key_logs(wishes.key_logs);
  if (wishes.decode_as) document_.decode_as(*wishes.decode_as);
  if (wishes.reload) document_.reload();
}

// Another reading of the same: what was selected is found again by when and where it was.
bool App::is_sought(const Row& row) const {
  if (named_) return row.kind == RecordKind::Message && row.session == named_->session && row.number == named_->number;
  return row.kind == wanted_->kind && row.session == wanted_->session && row.time >= wanted_->time;
}

void App::keep_selection() {
  const RecordStore& store = document_.store();
  for (; (wanted_ || named_) && sought_ < store.size(); ++sought_) {
    if (!is_sought(store.row(sought_))) continue;
    state_.selected = sought_;
    state_.must_show_selected = true;
    wanted_.reset();
    named_.reset();
  }
}

void App::update_model() {
  if (generation_ != document_.generation()) {
    generation_ = document_.generation();
    row_export_.reset();
    open_marks();
    search_.stop();
    rows_.restart();
    tree_.restart();
    retold_.restart();
    timeline_.restart();
    ladder_.restart();
    texts_.forget();
    sought_ = 0;
    state_.selected.reset();
    if (!wanted_) {
      state_.sessions.clear();
      state_.time_reference.reset();
    }
    state_.tree_line = SIZE_MAX;
  }
  if (document_.poll()) texts_.forget();  // who is who may have been told
  if (!document_.progress().error.empty()) state_.notice = document_.progress().error;
  rows_.choose_sessions(state_.sessions);
  (void)rows_.filter(state_.filter);
  rows_.show_events(state_.habits.with_events);
  rows_.sort(state_.order, state_.is_descending);
  rows_.advance(document_.store(), kLookPerFrame);
  if (state_.view == MainView::Timeline) timeline_.advance(document_.store(), rows_, kLookPerFrame);
  tree_.update(document_.store(), !document_.is_loading());
  retold_.follow(rows_);
  retold_.advance(retelling(), document_.store(), !document_.is_loading(), kLookPerFrame);
  keep_selection();
  follow_search();
  follow_exports();
  if (const auto saved = marks_.save(); !saved) state_.notice = saved.error().message;
}

void App::open_marks() {
  const LoadRequest& request = document_.request();
  const bool is_file = !request.captures.empty() && !request.source;
  const auto opened = marks_.open(is_file ? request.captures.front() + ".marks.json" : std::string());
  if (!opened) state_.notice = opened.error().message;
}

void App::frame(float scale) {
  scale_ = scale;
  for (const Command command : std::exchange(chosen_, {})) perform(command);
  do_wishes();
  update_model();
  draw(scale);
}

void App::draw(float scale) {
  const ViewContext context = this->context(scale);
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(screen);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  {
    const WindowScope window("overhear", nullptr,
                             ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoMove |
                                 ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_MenuBar |
                                 ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoScrollWithMouse);
    ImGui::PopStyleVar(2);
    draw_menus(state_, chosen_);
    resume_frame_text();
    const float foot = ImGui::GetTextLineHeight() + 8 * scale;
    ImGui::BeginChild("panes", {0, -foot});
    const bool has_failed = !document_.progress().error.empty() && document_.store().size() == 0;
    if (document_.is_open() && !has_failed) {
      ImGui::SetCursorPos({8 * scale, 4 * scale});
      filter_bar_.draw(context, state_);
      find_bar_.draw(state_);
      draw_panes(context);
    } else {
      draw_welcome(context, state_, chosen_);
    }
    ImGui::EndChild();
    ImGui::SetCursorPos({8 * scale, screen.y - foot + 3 * scale});
    draw_status(context, state_);
  }
  if (state_.file_dialog) {
    const FileDialog::Result result = file_dialog_.draw(context, *state_.file_dialog);
    if (!result.path.empty()) {
      const FilePurpose purpose = *state_.file_dialog;
      (purpose == FilePurpose::OpenCapture  ? state_.wishes.captures
       : purpose == FilePurpose::AddCapture ? state_.wishes.more_captures
                                            : state_.wishes.key_logs) = {result.path};
    }
    if (result.is_over) state_.file_dialog.reset();
  }
  if (state_.has_key_help) draw_key_help(state_);
  go_to_.draw(state_);
  export_dialog_.draw(context, state_);
  draw_decode_dialog(context, state_);
}

void App::draw_panes(const ViewContext& context) {
  const ImVec2 area = ImGui::GetContentRegionAvail();
  float width = state_.habits.sessions_width * context.scale;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
  ImGui::BeginChild("sessions", {width, area.y}, false,
                    ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {8, 4});
  sessions_.draw(context, state_);
  draw_focus(Pane::Sessions);
  ImGui::PopStyleVar();
  ImGui::EndChild();
  ImGui::SameLine();
  splitter("sessions|messages", true, area.y, width, 80, area.x - 200);
  state_.habits.sessions_width = width / context.scale;
  ImGui::SameLine();
  ImGui::BeginGroup();
  draw_right(context);
  ImGui::EndGroup();
  ImGui::PopStyleVar();
}

// Which pane the keys move in.
void App::draw_focus(Pane pane) const {
  if (state_.focus != pane) return;
  const ImVec2 corner = ImGui::GetWindowPos();
  ImGui::GetWindowDrawList()->AddRectFilled(corner, {corner.x + ImGui::GetWindowSize().x, corner.y + 2},
                                            ImGui::GetColorU32(palette().accent));
}

void App::draw_main(const ViewContext& context) {
  if (!ImGui::BeginTabBar("views")) return;
  const auto tab = [&](const char* name, MainView view) {
    const bool must_show = state_.must_show_view && state_.view == view;
    if (!ImGui::BeginTabItem(name, nullptr, must_show ? ImGuiTabItemFlags_SetSelected : 0)) return false;
    if (must_show) state_.must_show_view = false;
    if (!state_.must_show_view && state_.view != view) {
      state_.view = view;
      state_.must_show_selected = true;
    }
    return true;
  };
  if (tab("Messages", MainView::Messages)) {
    table_.draw(context, state_);
    ImGui::EndTabItem();
  }
  if (tab("Timeline", MainView::Timeline)) {
    timeline_.draw(context, state_);
    ImGui::EndTabItem();
  }
  if (tab("Ladder", MainView::Ladder)) {
    ladder_.draw(context, state_);
    ImGui::EndTabItem();
  }
  if (tab("Transcript", MainView::Transcript)) {
    transcript_.draw(context, state_);
    ImGui::EndTabItem();
  }
  if (tab("Findings", MainView::Findings)) {
    findings_.draw(context, state_);
    ImGui::EndTabItem();
  }
  if (tab("Statistics", MainView::Statistics)) {
    statistics_.draw(context, state_);
    ImGui::EndTabItem();
  }
  ImGui::EndTabBar();
}

// The messages, and under them the one that is selected.
void App::draw_right(const ViewContext& context) {
  constexpr auto kFlags = ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
  const ImVec2 area = ImGui::GetContentRegionAvail();
  const float details = std::min(state_.habits.details_height * context.scale, area.y * 0.8f);
  float height = area.y - details - kSplitterWidth;
  ImGui::BeginChild("messages", {0, height}, false, kFlags);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {8, 4});
  const ImVec2 corner = ImGui::GetWindowPos();
  state_.view_area = {corner.x, corner.y, ImGui::GetWindowSize().x, ImGui::GetWindowSize().y};
  draw_main(context);
  draw_focus(Pane::Messages);
  ImGui::PopStyleVar();
  ImGui::EndChild();
  const float before = height;
  splitter("messages|details", false, area.x, height, 60, area.y - 60);
  if (height != before) state_.habits.details_height = (area.y - height - kSplitterWidth) / context.scale;
  ImGui::BeginChild("details", {0, 0}, false, kFlags);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {8, 4});
  details_.draw(context, state_);
  draw_focus(Pane::Details);
  ImGui::PopStyleVar();
  ImGui::EndChild();
}

}  // namespace overhear
