#include "ui/views/ladder_view.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "base/amount_text.hpp"
#include "dissectors/registry.hpp"
#include "session/text/message_text.hpp"
#include "ui/model/time_text.hpp"
#include "ui/views/message_table.hpp"
#include "ui/views/row_colors.hpp"
#include "ui/views/row_moves.hpp"
#include "ui/widgets/elided_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kNameWidth = 24;
constexpr float kNumberWidth = 4;  // in letters
constexpr float kTimeWidth = 6;
constexpr std::uint32_t kNoServer = UINT32_MAX;
constexpr std::size_t kMostNamed = 20;  // of those who share a column

void put(const ViewContext& context, ImVec2 at, std::string_view text, const ImVec4& color, float width,
         std::string_view tooltip = {}) {
  if (width <= 1 || text.empty()) return;
  ImGui::SetCursorScreenPos(at);
  elided_text(context.fonts, text, color, tooltip, width);
}

float width_of(std::string_view text) {
  return ImGui::CalcTextSize(text.data(), text.data() + text.size()).x;
}

// One behind the other, as far as there is room. Gives where they end.
float put_both(const ViewContext& context, ImVec2 at, float right, std::string_view type, const ImVec4& color,
               std::string_view summary, const ImVec4& summary_color) {
  const float type_width = std::min(width_of(type), right - at.x);
  put(context, at, type, color, type_width + 1);
  const float left = at.x + type_width + ImGui::GetFontSize() * 0.6f;
  const float width = std::min(width_of(summary), right - left);
  put(context, {left, at.y}, summary, summary_color, width + 1);
  return width > 1 ? left + width : at.x + type_width;
}

std::string client_name(const RecordStore& store, std::uint32_t number) {
  const SessionSummary& session = *store.session(number);
  return session.user != 0 ? name_text(store.text(session.user), kNameWidth) : fmt::format(":{}", session.client.port);
}

// A line for each.
std::string sessions_text(const RecordStore& store, const std::vector<std::uint32_t>& sessions) {
  std::string text;
  for (std::size_t i = 0; i < std::min(sessions.size(), kMostNamed); ++i) {
    const SessionSummary& session = *store.session(sessions[i]);
    text += fmt::format("{}session {}: {}, {}", i == 0 ? "" : "\n", sessions[i], client_name(store, sessions[i]),
                        to_string(session.client));
  }
  if (sessions.size() > kMostNamed) text += fmt::format("\nand {} more", sessions.size() - kMostNamed);
  return text;
}

// Request and answer of each other.
bool are_partners(const Row& a, const Row& b) {
  if (a.kind != RecordKind::Message || b.kind != RecordKind::Message || a.session != b.session) return false;
  return (a.is_answer && a.reply_to == b.number) || (b.is_answer && b.reply_to == a.number);
}

ImVec4 color_of_row(const Row& row) {
  if (row.findings > 0 && row.severity != Severity::Note) return color_of(row.severity);
  if (row.kind == RecordKind::Finding) return color_of(row.severity);
  if (row.kind != RecordKind::Message) return palette().faint;
  return color_of_protocol(row.protocol == Row::kNoProtocol ? "" : all_protocols()[row.protocol]->name);
}

}  // namespace

// Where things stand in this frame.
struct LadderView::Frame {
  ImVec2 corner;
  ImVec2 size;
  float margin = 0;
  float head = 0;  // height
  float row_height = 1;
  float bar = 0;
  std::size_t first = 0;
  std::size_t end = 0;  // rows in sight
  LadderGeometry geometry;

  float top() const { return corner.y + head; }
  float bottom() const { return corner.y + size.y; }
  float right() const { return corner.x + size.x - bar; }
  float row_top(std::size_t place) const { return top() + static_cast<float>(place - first) * row_height; }
};

void LadderView::restart() {
  clients_.restart();
  servers_.restart();
  server_names_.clear();
  server_ends_.clear();
}

std::uint32_t LadderView::server_of(const RecordStore& store, std::uint32_t session) {
  const SessionSummary* const summary = store.session(session);
  if (summary == nullptr) return kNoServer;
  const auto [known, is_new] =
      server_names_.try_emplace(summary->server, static_cast<std::uint32_t>(server_ends_.size()));
  if (is_new) server_ends_.push_back(summary->server);
  return known->second;
}

// Few sessions have their columns wherever one looks; of many, those in sight.
void LadderView::choose_columns(const ViewContext& context, Frame& frame) {
  const RecordStore& store = context.document.store();
  const float letter = ImGui::GetFontSize();
  const float width = frame.size.x - frame.bar;
  if (restarts_ != context.rows.restarts()) clients_.restart();
  restarts_ = context.rows.restarts();
  std::vector<std::uint32_t> in_sight;
  const std::size_t most_at_all = most_clients(width, frame.margin, letter, 1);
  const auto& chosen = context.rows.sessions();
  const std::size_t all = chosen.empty() ? store.sessions().size() : chosen.size();
  if (all <= most_at_all) {
    for (const SessionSummary& session : store.sessions()) {
      const bool is_chosen = chosen.empty() || chosen.contains(session.number);
      if (is_chosen && session.messages > 0) in_sight.push_back(session.number);
    }
  }
  for (std::size_t place = frame.first; place < frame.end; ++place) {
    const std::uint32_t session = store.row(context.rows[place]).session;
    if (store.session(session) != nullptr) in_sight.push_back(session);
  }
  std::vector<std::uint32_t> servers;
  for (const std::uint32_t session : in_sight) servers.push_back(server_of(store, session));
  servers_.show(servers, kMostServers);
  const std::size_t count = std::max<std::size_t>(servers_.columns().size(), 1);
  clients_.show(in_sight, most_clients(width, frame.margin, letter, count));
  frame.geometry = ladder_geometry(width, frame.margin, letter, clients_.columns().size(), count);
}

void LadderView::scroll(const ViewContext& context, ViewState& state, Frame& frame) {
  const std::size_t count = context.rows.size();
  const double page = static_cast<double>(std::max(0.0f, frame.size.y - frame.head) / frame.row_height);
  page_ = static_cast<std::size_t>(std::max(1.0, std::floor(page)));
  if (state.is_tail_followed && count != previous_size_) scroll_.first = static_cast<double>(count);
  previous_size_ = count;
  if (state.must_show_selected && state.selected) {
    const std::size_t place = context.rows.place_of(*state.selected);
    if (place != SIZE_MAX) scroll_.show(place, page_);
  }
  state.must_show_selected = false;
  frame.bar = draw_row_scroll("ladder", scroll_, count, page, frame.corner.x, frame.top(),
                              frame.corner.x + frame.size.x, frame.bottom());
  if (scroll_.was_moved) state.is_tail_followed = false;
  frame.first = static_cast<std::size_t>(scroll_.first);
  frame.end = std::min(count, frame.first + page_ + 2);
}

// Whoever is in sight, from top to bottom.
void LadderView::draw_lines(const Frame& frame) const {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImU32 color = ImGui::GetColorU32(with_alpha(palette().faint, 0.45f));
  const auto line = [&](float at) {
    const float x = std::round(frame.corner.x + at);
    list.AddRectFilled({x, frame.top()}, {x + 1, frame.bottom()}, color);
  };
  for (std::size_t column = 0; column < clients_.columns().size(); ++column) {
    if (!clients_.columns()[column].empty()) line(frame.geometry.client(column));
  }
  for (std::size_t column = 0; column < servers_.columns().size(); ++column) line(frame.geometry.server(column));
}

void LadderView::draw_headings(const ViewContext& context, const Frame& frame) const {
  const RecordStore& store = context.document.store();
  const float letter = ImGui::GetFontSize();
  const float line = ImGui::GetTextLineHeight();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(frame.corner, {frame.right(), frame.top()}, ImGui::GetColorU32(palette().back));
  const auto heading = [&](float at, float step, std::string_view name, std::string_view below,
                           std::string_view tooltip) {
    const float most = step - letter * 0.5f;
    const auto centered = [&](std::string_view text, float y, const ImVec4& color) {
      const float width = std::min(width_of(text), most);
      put(context, {frame.corner.x + at - width / 2, y}, text, color, width + 1, tooltip);
    };
    centered(name, frame.corner.y + letter * 0.2f, palette().text);
    centered(below, frame.corner.y + letter * 0.2f + line, palette().faint);
  };
  put(context, {frame.corner.x + letter * 0.4f, frame.corner.y + letter * 0.2f + line}, "No.", palette().faint,
      letter * kNumberWidth);
  put(context, {frame.corner.x + letter * (kNumberWidth + 0.4f), frame.corner.y + letter * 0.2f + line}, "Time",
      palette().faint, letter * kTimeWidth);
  for (std::size_t column = 0; column < clients_.columns().size(); ++column) {
    const auto& sessions = clients_.columns()[column];
    if (sessions.empty()) continue;
    const bool is_shared = sessions.size() > 1;
    const std::string name = is_shared ? fmt::format("{} others", sessions.size()) : client_name(store, sessions[0]);
    const std::string below = is_shared ? "share this line" : fmt::format("session {}", sessions[0]);
    heading(frame.geometry.client(column), frame.geometry.client_step, name, below, sessions_text(store, sessions));
  }
  for (std::size_t column = 0; column < servers_.columns().size(); ++column) {
    const auto& names = servers_.columns()[column];
    if (names.empty() || names[0] == kNoServer) continue;
    const std::string address =
        names.size() > 1 ? fmt::format("{} servers", names.size()) : to_string(server_ends_[names[0]]);
    heading(frame.geometry.server(column), frame.geometry.server_step, "server", address, address);
  }
  list.AddRectFilled({frame.corner.x, frame.top() - 1}, {frame.right(), frame.top()},
                     ImGui::GetColorU32(palette().line));
}

// ├── TEXT  latency ──▶
void LadderView::draw_arrow(const ViewContext& context, const ViewState& state, const Frame& frame, std::size_t index,
                            float y) {
  const RecordStore& store = context.document.store();
  const Row& row = store.row(index);
  const RowText& text = context.texts.of(store, index, state.show_secrets);
  const float letter = ImGui::GetFontSize();
  const std::size_t client = clients_.column_of(row.session);
  const std::size_t server = servers_.column_of(server_of(store, row.session));
  if (client == SIZE_MAX || server == SIZE_MAX) return;
  const bool is_shared = clients_.columns()[client].size() > 1;
  const float from = frame.corner.x + frame.geometry.client(client);
  const float to = frame.corner.x + frame.geometry.server(server);
  const float left = frame.corner.x + frame.geometry.text_left;
  float right = frame.corner.x + frame.geometry.text_right;
  const ImVec4 color = color_of_row(row);
  const float text_y = y - ImGui::GetTextLineHeight() / 2;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImU32 line = ImGui::GetColorU32(color);
  const auto stroke = [&](float begin, float end) {
    if (end > begin) list.AddRectFilled({begin, y - 0.5f * context.scale}, {end, y + 0.5f * context.scale}, line);
  };
  const std::string latency = row.is_answer ? duration_text(row.latency_ns) : "";
  const float latency_left = right - width_of(latency);
  if (!latency.empty()) {
    put(context, {latency_left, text_y}, latency, palette().faint, right - latency_left + 1);
    stroke(right + letter * 0.3f, to);
    right = latency_left - letter;
  }
  std::string type = text.type;
  if (is_shared) type.insert(0, fmt::format("{}: ", client_name(store, row.session)));
  const float text_end = put_both(context, {left, text_y}, right, type, color, text.summary, palette().text);
  stroke(from, left - letter * 0.3f);
  stroke(text_end + letter * 0.3f, latency.empty() ? to : right + letter * 0.7f);
  const float head = letter * 0.4f;
  const float side = row.direction == Direction::Client ? 1.0f : -1.0f;
  const float tip = side > 0 ? to : from;
  list.AddTriangleFilled({tip, y}, {tip - side * head * 1.4f, y - head * 0.7f},
                         {tip - side * head * 1.4f, y + head * 0.7f}, line);
}

// What is no message stands at its session's line, without an arrow.
void LadderView::draw_remark(const ViewContext& context, const ViewState& state, const Frame& frame, std::size_t index,
                             float y) {
  const RecordStore& store = context.document.store();
  const Row& row = store.row(index);
  const RowText& text = context.texts.of(store, index, state.show_secrets);
  const float letter = ImGui::GetFontSize();
  const ImVec4 color = color_of_row(row);
  const std::size_t client = clients_.column_of(row.session);
  if (client != SIZE_MAX) {
    const float x = frame.corner.x + frame.geometry.client(client);
    const float half = letter * 0.25f;
    ImGui::GetWindowDrawList()->AddQuadFilled({x, y - half}, {x + half, y}, {x, y + half}, {x - half, y},
                                              ImGui::GetColorU32(color));
  }
  const float left = frame.corner.x + frame.geometry.text_left;
  const float right = frame.corner.x + frame.geometry.text_right;
  const float text_y = y - ImGui::GetTextLineHeight() / 2;
  put_both(context, {left, text_y}, right, text.type, color, text.summary, palette().faint);
}

void LadderView::draw_row(const ViewContext& context, const ViewState& state, const Frame& frame, std::size_t place) {
  const RecordStore& store = context.document.store();
  const std::size_t index = context.rows[place];
  const Row& row = store.row(index);
  const float top = frame.row_top(place);
  const float y = std::round(top + frame.row_height / 2);
  const float letter = ImGui::GetFontSize();
  const float text_y = y - ImGui::GetTextLineHeight() / 2;
  const RowText& text = context.texts.of(store, index, state.show_secrets);
  put(context, {frame.corner.x + letter * 0.4f, text_y}, text.name, palette().faint, letter * (kNumberWidth - 0.4f),
      ends_text(store, row));
  put(context, {frame.corner.x + letter * (kNumberWidth + 0.4f), text_y},
      MessageTable::time_text(context, state, place), palette().faint, letter * kTimeWidth,
      row.has_time ? full_time_text(row.time) : "");
  if (row.kind == RecordKind::Message) return draw_arrow(context, state, frame, index, y);
  draw_remark(context, state, frame, index, y);
}

void LadderView::take_mouse(const ViewContext& context, ViewState& state, const Frame& frame) const {
  ImGui::SetCursorScreenPos({frame.corner.x, frame.top()});
  ImGui::InvisibleButton(
      "rows", {std::max(1.0f, frame.right() - frame.corner.x), std::max(1.0f, frame.bottom() - frame.top())});
  if (!ImGui::IsItemActivated()) return;
  state.focus = Pane::Messages;
  const auto place =
      frame.first + static_cast<std::size_t>((ImGui::GetIO().MousePos.y - frame.top()) / frame.row_height);
  if (place < frame.end) state.selected = context.rows[place];
}

void LadderView::draw(const ViewContext& context, ViewState& state) {
  Frame frame;
  const float letter = ImGui::GetFontSize();
  frame.corner = ImGui::GetCursorScreenPos();
  frame.size = ImGui::GetContentRegionAvail();
  frame.margin = letter * (kNumberWidth + kTimeWidth + 0.4f);
  frame.head = 2 * ImGui::GetTextLineHeight() + letter * 0.5f;
  frame.row_height = std::round(ImGui::GetTextLineHeight() + letter * 0.35f);
  scroll(context, state, frame);
  choose_columns(context, frame);
  take_mouse(context, state, frame);
  const RecordStore& store = context.document.store();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImGui::PushClipRect({frame.corner.x, frame.top()}, {frame.right(), frame.bottom()}, true);
  for (std::size_t place = frame.first; place < frame.end; ++place) {
    const std::size_t index = context.rows[place];
    const Row& row = store.row(index);
    ImVec4 back = back_of(row, context.marks.find(row)).value_or(palette().pane);
    if (state.selected == index) {
      back = palette().selection;
    } else if (state.selected && are_partners(row, store.row(*state.selected))) {
      back = with_alpha(palette().selection, 0.45f);
    }
    list.AddRectFilled({frame.corner.x, frame.row_top(place)}, {frame.right(), frame.row_top(place) + frame.row_height},
                       ImGui::GetColorU32(back));
  }
  draw_lines(frame);
  for (std::size_t place = frame.first; place < frame.end; ++place) draw_row(context, state, frame, place);
  ImGui::PopClipRect();
  draw_headings(context, frame);
}

void LadderView::move(const ViewContext& context, ViewState& state, std::ptrdiff_t by) {
  move_selection(context, state, by, static_cast<std::size_t>(scroll_.first));
}

void LadderView::move_page(const ViewContext& context, ViewState& state, int pages) {
  move(context, state, pages * static_cast<std::ptrdiff_t>(page_));
}

}  // namespace overhear
